export LC_ALL=C TZ=UTC
cd "$(mktemp -d)"
seq 1 1000 | grep 7 | sort -rn | head -n 5 | tac | paste -sd,
declare -A map=([one]=1 [two]=2 [three]=3)
for k in $(printf '%s\n' "${!map[@]}" | sort); do echo "$k=${map[$k]}"; done
array=(a b c d e); echo "${array[@]:1:3} ${#array[@]} ${array[-1]}"
s="Hello, World"; echo "${s^^} ${s,,} ${s//o/0} ${s:7} ${s%%,*}"
diff <(seq 1 5) <(seq 2 6)
while read -r a b; do echo "$b-$a"; done < <(printf '1 x\n2 y\n')
[[ "2024-05-17" =~ ^([0-9]+)-([0-9]+)-([0-9]+)$ ]] && echo "${BASH_REMATCH[3]}.${BASH_REMATCH[2]}.${BASH_REMATCH[1]}"
set -o pipefail; false | true; echo "pipefail $?"; set +o pipefail
false | true | false; echo "${PIPESTATUS[*]}"
coproc cat; echo ping >&"${COPROC[1]}"; read -r line <&"${COPROC[0]}"; echo "coproc $line"
eval "exec ${COPROC[1]}>&-"; wait
for i in 1 2 3 4 5; do (sleep 0.0$i; exit $i) & done
total=0; for job in $(jobs -p); do wait "$job"; total=$((total + $?)); done; echo "total $total"
trap 'echo "caught $?"' ERR; false; trap - ERR
f() { local x=$1; ((x <= 1)) && { echo 1; return; }; echo $((x * $(f $((x - 1))))); }; f 6
printf '%s\n' {a..c}{1..2} | column -c 20 2>/dev/null >/dev/null; echo {01..10..3}
exec 3<> rw; echo written >&3; cat rw
timeout 0.2 sleep 5; echo "timeout $?"
( ulimit -n 20; ulimit -n )
kill -l 15; (trap '' TERM; kill -TERM $BASHPID; echo survived)
bash -c 'kill -SEGV $$' 2>/dev/null; echo "segv $?"
mapfile -t lines < <(seq 3); echo "${#lines[@]}:${lines[2]}"
x=$(for i in $(seq 200); do echo -n "$i"; done | md5sum); echo "$x"
[ -e /dev/null ] && [ ! -e /nonexistent ] && [ -d / ] && [ -x /bin/bash ] && echo files
echo "a b  c" | awk '{ print $3, NF }'
getconf PAGESIZE
yes | head -c 1000000 | wc -c
