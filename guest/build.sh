#!/bin/bash
# Builds the guest programs with the riscv64 cross compiler and packs them; the same tools give the same bytes.
#
#   guest/build.sh             writes builtin.tar, guest-tests.tar and toolchain where they are committed
#   guest/build.sh OUT         writes them to the folder OUT
#   guest/build.sh --toolchain prints what decides the bytes
#   guest/build.sh --host OUT  builds the benchmarks and tests for this host with gcc, into OUT
#
# CROSS (default riscv64-linux-gnu-) is the prefix of the cross tools.
set -euo pipefail
export LC_ALL=C TZ=UTC SOURCE_DATE_EPOCH=1735689600
umask 022
guest=$(cd "$(dirname "$0")" && pwd)
cross=${CROSS:-riscv64-linux-gnu-}
host=
if [ "${1:-}" = --host ]; then
    host=${2:?build.sh: --host needs a folder}
    mkdir -p "$host"
    host=$(cd "$host" && pwd)
    shift 2
fi
out=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$guest"

# What decides the bytes: the compiler, the linker, the C library.
toolchain() {
    "${cross}gcc" --version | head -n 1
    "${cross}ld" --version | head -n 1
    echo "libc.a $(sha256sum < "$("${cross}gcc" -print-file-name=libc.a)" | cut -c 1-64)"
}

# No contraction to fused multiply-add: the floating-point checksums must be those of every other build.
any=(-std=gnu17 -O2 -Wall -Wextra -Werror -ffp-contract=off)
riscv=("${any[@]}" -march=rv64gc -mabi=lp64d -fno-ident -static -s -Wl,--build-id=none -Wl,-z,max-page-size=4096)
own=("${riscv[@]}" -Wl,-z,norelro -nostdlib -ffreestanding -fno-stack-protector -fno-builtin -Ilib)

# build_bench FOLDER COMPILER FLAG...
build_bench() {
    local to=$1
    shift
    mkdir -p "$to"
    (cd bench && "$@" -o "$to/bench" $(ls *.c | grep -v -e osbench -e launch) -lm)
    "$@" -pthread -o "$to/osbench" bench/osbench.c
    "$@" -o "$to/launch" bench/launch.c
    bench/coldcode.sh > "$work/coldcode.c"
    "$@" -o "$to/coldcode" "$work/coldcode.c"
}

# The root of the built-in image: directories the kernel mounts over, a few files, the programs.
builtin_root() {
    local root=$1 program
    mkdir -p "$root"/{bin,dev,etc,home,proc,root,run,sys,tmp,usr,var/tmp}
    printf '%s\n' 'root:x:0:0:root:/root:/bin/msh' 'nobody:x:65534:65534:nobody:/:/bin/false' > "$root/etc/passwd"
    printf '%s\n' 'root:x:0:' 'tty:x:5:' 'nogroup:x:65534:' > "$root/etc/group"
    printf '%s\n' '127.0.0.1 localhost' '::1 localhost' > "$root/etc/hosts"
    echo callgate > "$root/etc/hostname"
    ln -s ../bin "$root/usr/bin"
    for program in programs/*.c; do
        "${cross}gcc" "${own[@]}" -o "$root/bin/$(basename "$program" .c)" lib/start.S lib/rt.c "$program"
    done
    for program in programs/*.S; do
        "${cross}gcc" "${own[@]}" -o "$root/bin/$(basename "$program" .S)" "$program"
    done
    ln -s msh "$root/bin/sh"
    build_bench "$root/bench" "${cross}gcc" "${riscv[@]}"
    chmod 700 "$root/root"
    chmod 1777 "$root/tmp" "$root/var/tmp"
}

pack() {
    (cd "$1" && tar --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
        --blocking-factor=1 -cf "$2" -- *)
}

# Replaces a file only when its bytes change, so that builds depending on it do not run for nothing.
install_file() {
    mkdir -p "$(dirname "$2")"
    cmp -s "$1" "$2" || cp "$1" "$2"
}

if [ -n "$host" ]; then
    build_bench "$host/bench" gcc "${any[@]}"
    tests/build.sh "$host/guest-tests" gcc
    exit
fi

command -v "${cross}gcc" >/dev/null || { echo "build.sh: needs ${cross}gcc (Debian: gcc-riscv64-linux-gnu)" >&2; exit 1; }

if [ "$out" = --toolchain ]; then
    toolchain
    exit
fi

if [ -n "$out" ]; then
    mkdir -p "$out"
    out=$(cd "$out" && pwd)
fi
builtin_root "$work/builtin"
pack "$work/builtin" "$work/builtin.tar"
toolchain > "$work/toolchain"

# The tests' layer goes on top of the built-in image.
mkdir -p "$work/tests/tests"
tests/build.sh "$work/tests/tests/guest-tests" "${cross}gcc" -march=rv64gc -mabi=lp64d -fno-ident -static -s \
    -Wl,--build-id=none -Wl,-z,max-page-size=4096
cp tests/LIST "$work/tests/tests/LIST"
pack "$work/tests" "$work/guest-tests.tar"

main=${out:-../host/src/main/resources/callgate}
install_file "$work/builtin.tar" "$main/builtin.tar"
install_file "$work/toolchain" "${out:-.}/toolchain"
install_file "$work/guest-tests.tar" "${out:-../host/src/test/resources/callgate}/guest-tests.tar"
