#!/bin/bash
# Builds the tests for this host and runs those of LIST, or those named.  tests/run-host.sh [FAMILY/NAME...]
# RUNNER puts a program in front of the binary, BINARY takes one that is built already.
set -u
here=$(cd "$(dirname "$0")" && pwd)
binary=${BINARY:-}
if [ -z "$binary" ]; then
    out=$(mktemp -d)
    trap 'rm -rf "$out"' EXIT
    "$here/build.sh" "$out/guest-tests" gcc || exit 1
    binary=$out/guest-tests
fi
failed=0
while read -r name where; do
    case $name in ''|'#'*) continue ;; esac
    if [ $# -gt 0 ] && ! printf '%s\n' "$@" | grep -qx "$name"; then continue; fi
    if [ "$where" = riscv64 ] && [ -z "${RUNNER:-}" ]; then continue; fi
    if [ "$where" = real-kernel ] && [ -n "${RUNNER:-}" ]; then continue; fi
    if output=$(timeout -k 1 60 ${RUNNER:-} "$binary" "$name" 2>&1 </dev/null); then
        printf '%-24s %s\n' "$name" "$(tail -n 1 <<<"$output")"
    else
        printf '%-24s FAILED %s\n%s\n' "$name" "$?" "$output"
        failed=1
    fi
done <"$here/LIST"
exit $failed
