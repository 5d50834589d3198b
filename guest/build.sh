#!/bin/bash
# Builds the guest programs with the riscv64 cross compiler and packs them; the same tools give the same bytes.
#
#   guest/build.sh [OUT]     writes OUT/builtin.tar, OUT/guest-tests.tar and OUT/toolchain
#   guest/build.sh           writes them where they are committed
#
# CROSS (default riscv64-linux-gnu-) is the prefix of the cross tools.
set -euo pipefail
export LC_ALL=C TZ=UTC SOURCE_DATE_EPOCH=1735689600
umask 022
guest=$(cd "$(dirname "$0")" && pwd)
cross=${CROSS:-riscv64-linux-gnu-}
out=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$guest"

command -v "${cross}gcc" >/dev/null || { echo "build.sh: needs ${cross}gcc (Debian: gcc-riscv64-linux-gnu)" >&2; exit 1; }

# What decides the bytes: the compiler, the linker, the C library.
toolchain() {
    "${cross}gcc" --version | head -n 1
    "${cross}ld" --version | head -n 1
    echo "libc.a $(sha256sum < "$("${cross}gcc" -print-file-name=libc.a)" | cut -c 1-64)"
}

common=(-std=gnu17 -O2 -Wall -Wextra -Werror -march=rv64gc -mabi=lp64d -fno-ident -static -s
    -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,-z,norelro)
own=("${common[@]}" -nostdlib -ffreestanding -fno-stack-protector -fno-builtin -Ilib)

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

builtin_root "$work/builtin"
pack "$work/builtin" "$work/builtin.tar"
toolchain > "$work/toolchain"

main=${out:-../host/src/main/resources/callgate}
install_file "$work/builtin.tar" "$main/builtin.tar"
install_file "$work/toolchain" "${out:-.}/toolchain"
ls -l "$main/builtin.tar"
