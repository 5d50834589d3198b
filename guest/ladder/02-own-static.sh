PATH=/bin; export PATH=/bin; cd /tmp
echo hello | cat | cat
echo one > f; echo two >> f; cat f; cat < f | wc
false || echo else; true && echo then; ! false && echo not
(cd /; pwd; exit 3); echo status $?
sleep 0.05 & wait; echo waited
nothere 2> err; echo $? ; cat err
X=5; echo "x is $X" '$X'
yes | head -n 3
env -i A=1 B=2 env
sh -c 'echo args $0 $1 $2' zero one two
mkdir d; echo x > d/b; echo y > d/a; ls d; mv d/a d/c; ls d; rm d/b d/c d; ls d 2>&1
crash segv; echo $?; crash ill; echo $?; crash trap; echo $?; crash abort; echo $?
spin & kill -9 $!; wait $!; echo $?
id
exit 0
