#!/bin/bash
# Builds the vDSO with the riscv64 cross compiler; the same tools give the same bytes.
#
#   guest/vdso/build.sh [FILE]     default: where it is committed, in the kernel's resources
#
# CROSS (default riscv64-linux-gnu-) is the prefix of the cross tools.
set -euo pipefail
export LC_ALL=C
folder=$(cd "$(dirname "$0")" && pwd)
cross=${CROSS:-riscv64-linux-gnu-}
out=${1:-$folder/../../kernel/src/main/resources/callgate/kernel/mm/exec/vdso.so}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$folder"

"${cross}gcc" -march=rv64gc -mabi=lp64d -nostdlib -shared -s -fPIC -Wl,--build-id=none -Wl,--hash-style=both \
    -Wl,-soname=linux-vdso.so.1 -Wl,--eh-frame-hdr -Wl,-z,max-page-size=4096 -Wl,-z,noseparate-code -Wl,-z,norelro \
    -Wl,-T,vdso.lds -o "$work/vdso.so" vdso.S
mkdir -p "$(dirname "$out")"
cmp -s "$work/vdso.so" "$out" || install -m 644 "$work/vdso.so" "$out"
