#!/bin/bash
# Runs the Debian rungs on this host, which must be a Debian with their packages, and records their output; --check compares instead.
#   ladder/record.sh [--check] [RUNG...]
set -u
cd "$(dirname "$0")"
check=
[ "${1:-}" = --check ] && { check=1; shift; }
failed=0
while read -r rung image run _; do
    [ "$image" = debian ] || continue
    if [ $# -gt 0 ] && ! printf '%s\n' "$@" | grep -qx "$rung"; then continue; fi
    if [ "$run" = direct ]; then read -ra command <"$rung.sh"; else command=("$run" -c "$(cat "$rung.sh")"); fi
    if ! output=$(timeout 300 env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "${command[@]}" </dev/null && echo .); then
        echo "$rung: failed" >&2
        failed=1
    elif [ -z "$check" ]; then
        printf '%s' "${output%.}" >"$rung.expected"
    elif ! diff <(printf '%s' "${output%.}") "$rung.expected"; then
        echo "$rung: differs" >&2
        failed=1
    else
        echo "$rung: same"
    fi
done < <(grep -v '^#' LADDER)
exit $failed
