#!/bin/bash
# tests/build.sh OUT COMPILER [FLAG...]: links all tests into one program.
set -euo pipefail
out=$(readlink -f "$1")
shift
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for source in */*.c; do
    family=${source%%/*} name=${source##*/}
    name=${name%.c}
    echo "TEST($family, $name)" >>"$work/tests.inc"
    echo "$source -Dmain=test_${family}_$name -o $work/$family-$name.o"
done >"$work/commands"
compiler=("$@" -std=gnu17 -O1 -Wall -Wextra -Wno-unused-result -Wno-nonnull -Wno-stringop-overflow -Wno-stringop-overread
    -Wno-array-bounds -Wno-clobbered -Wno-infinite-recursion -Wno-format-truncation -pthread)
LC_ALL=C sort -o "$work/tests.inc" "$work/tests.inc"
xargs -P 2 -L 1 "${compiler[@]}" -c <"$work/commands"
"${compiler[@]}" -I "$work" -o "$out" main.c $(LC_ALL=C ls "$work"/*.o) -lutil
