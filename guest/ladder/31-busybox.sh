cd "$(mktemp -d)"
echo hello > index.html
busybox sh -c 'for i in 1 2 3; do echo $((i * i)); done | busybox tac'
busybox seq 1 1000 | busybox awk '{ s += $1 } END { print s }'
busybox seq 1 100 | busybox gzip | busybox gunzip | busybox md5sum
mkdir d; busybox cp index.html d/; busybox tar cf t.tar d; busybox tar tf t.tar
busybox ls d; busybox stat -c '%s %a' index.html; busybox find . -name '*.html' | busybox sort
busybox dd if=/dev/zero bs=1k count=64 2>/dev/null | busybox wc -c
busybox sh -c 'trap "echo got USR1" USR1; kill -USR1 $$'
port=$((20000 + $$ % 20000))
busybox nc -l -p $port > received & listener=$!
for i in 1 2 3 4 5 6 7 8 9 10; do echo over tcp | busybox nc 127.0.0.1 $port 2>/dev/null && break; sleep 0.2; done
wait $listener; cat received
busybox printf '%05d %x\n' 42 255; busybox expr 6 '*' 7; busybox diff index.html d/index.html && echo same
