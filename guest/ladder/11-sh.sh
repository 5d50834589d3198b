:
cd "$(mktemp -d)"
echo "hello from $0" | tr a-z A-Z | sed 's/FROM.*//'
i=0
while [ $i -lt 5 ]; do i=$((i + 1)); echo "line $i"; done
f() { echo "f got $# arguments: $*"; return 7; }
f a "b c"; echo "status $?"
for x in 3 1 2; do echo $x; done | sort
case abcdef in a*f) echo match ;; *) echo none ;; esac
cat <<END
here $((6 * 7)) document
END
echo data > file; read v < file; echo "read $v"
(exit 3); echo "subshell $?"
sleep 0.1 & wait $!; echo "waited $?"
trap 'echo trapped' USR1; kill -USR1 $$; trap - USR1
trap 'echo bye' EXIT
set -- x y z; shift; echo "$1 $#"
nothere 2>/dev/null; echo "missing $?"
sh -c 'kill -9 $$'; echo "killed $?"
printf '%s-%03d\n' name 7
unset v; echo "${v:-default}" "${#PWD}" | grep -c default
umask 027; touch m; ls -l m | cut -c 1-10
