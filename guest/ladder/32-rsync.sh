export LC_ALL=C
umask 022
cd "$(mktemp -d)"
mkdir -p from/sub; seq 1 5000 > from/numbers; echo a > from/sub/a; ln -s a from/sub/link; touch -d @1000000000 from/sub/a from/numbers; chmod 600 from/numbers
rsync -a from/ to/ && diff -r --no-dereference from to && stat -c '%n %a %Y' to/sub/a && readlink to/sub/link
echo more >> from/numbers; touch -d @1000000000 from/numbers; rm from/sub/a; echo b > from/sub/b
rsync -ai --delete from/ to/ | awk '{ print $1, $2 }' | grep -v '/$'
diff -r --no-dereference from to && echo same
rsync -a --checksum --exclude='*.x' --link-dest="$PWD/to" from/ third/ && [ third/numbers -ef to/numbers ] && echo linked
