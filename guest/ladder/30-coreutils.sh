export LC_ALL=C TZ=UTC
umask 022
cd "$(mktemp -d)"
mkdir -p tree/a/b tree/c
seq 1 20000 > tree/numbers
head -c 100000 /dev/zero | tr '\0' x > tree/a/xs
printf 'text\n' > tree/a/b/file
ln -s ../numbers tree/c/link
ln tree/a/b/file tree/c/hard
mkfifo tree/c/fifo
touch -d '2020-02-02 02:02:02' tree/numbers
chmod 640 tree/a/xs
stat -c '%n %s %a %h %F' tree/numbers tree/a/xs tree/c/hard tree/c/link tree/c/fifo
stat -c %y tree/numbers
readlink tree/c/link; readlink -f tree/c/link | sed 's,.*/tree,tree,'
find tree | sort
find tree -type f -size +10k -printf '%P %s\n' | sort
find tree -name 'f*' -newermt 2019-01-01 | sort
sha256sum tree/numbers; md5sum < tree/a/xs; cksum tree/numbers; b2sum -l 128 < tree/numbers
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --format=ustar -cf t.tar tree; tar -tvf t.tar
mkdir out; tar -xpf t.tar -C out; diff -r --no-dereference tree out/tree 2>&1 | grep -v fifo; echo same
tar -czf t.tgz tree && tar -tzf t.tgz | wc -l
tar -cJf t.txz tree && tar -xJf t.txz -O tree/numbers | tail -n 1
gzip -9 < t.tar | gzip -dc | cmp - t.tar && echo gzip
xz -1 < t.tar | xz -dc | cmp - t.tar && echo xz
cp -a tree copy && diff -r --no-dereference tree copy 2>&1 | grep -v fifo; echo copied
cp --sparse=always tree/a/xs sparse; cmp sparse tree/a/xs && echo sparse
mv copy moved; rm -r moved; ls
sort -R tree/numbers | sort -n | cmp - tree/numbers && echo sorted
sort -k1,1nr tree/numbers | head -n 3; shuf -i 1-100 --random-source=<(yes) | sort -n | uniq | wc -l
split -n l/4 tree/numbers part. && cat part.* | cmp - tree/numbers && ls part.*
cut -c 2-3 tree/numbers | uniq -c | sort -rn | head -n 2
paste -d: <(seq 3) <(seq 4 6); join <(printf '1 a\n2 b\n') <(printf '1 x\n2 y\n'); comm -12 <(seq 5) <(seq 3 8)
tr a-z b-za <<< hello; rev <<< hello; fold -w 4 <<< abcdefghij; nl <<< line; expand <<< $'a\tb'; od -An -tx1 <<< abc
dd if=/dev/zero of=dd bs=4k count=3 status=none; truncate -s 5K dd; stat -c %s dd; wc -c < dd
tee a1 a2 <<< tee >/dev/null; cat a1 a2
date -d '2024-02-29 12:00 +1 day' +%F_%T; date -d @86399 +%T
seq -s' ' 1 3 15; expr 6 \* 7; factor 1234567890; numfmt --to=iec 1048576; basename /a/b.c .c; dirname /a/b.c
test -L tree/c/link && test -p tree/c/fifo && test tree/numbers -ot t.tar && echo tests
timeout 5 true; env -i A=b printenv A; nice -n 5 nice; nohup true 2>/dev/null; echo $?
sed -n '100,102p;/^1999$/{s/9/n/g;p}' tree/numbers
sed -i.bak 's/text/changed/' tree/a/b/file; cat tree/a/b/file tree/a/b/file.bak
grep -c '7.*7' tree/numbers; grep -rl changed tree; grep -oE '[0-9]{5}$' tree/numbers | tail -n 1
awk '{ s += $1; n[length($1)]++ } END { print s; for (i = 1; i <= 5; i++) print i, n[i] }' tree/numbers
xargs -n 3 -P 2 echo < <(seq 9) | sort
install -m 755 -D tree/numbers deep/er/file && stat -c %a deep/er/file
ls -lan tree/a | awk '$9 == "xs" { print $1, $5, $9 }'
du -a --apparent-size -B1 tree/a/b | cut -f 2 | sort
rm -rf tree; mkdir d; chmod 1777 d; rmdir d; mktemp -u XXXXX | wc -c; sync; df . > /dev/null; echo done
