export LC_ALL=C TZ=UTC
cd "$(mktemp -d)"
cat > t.pl <<'END'
use strict; use warnings;
$| = 1;
my %h = map { $_ => length } qw(alpha beta gamma);
print join(",", map { "$_=$h{$_}" } sort keys %h), "\n";
(my $t = "The quick brown fox") =~ s/(\w+)/\u\L$1/g; print "$t\n";
print "matched $1-$2\n" if "2024-05" =~ /^(?<y>\d{4})-(\d\d)$/;
printf "%.3f %e %s\n", 22 / 7, 12345.678, 1 / 4;
my @s = sort { $b <=> $a } (3, 11, 2); print "@s\n";
open my $f, '>', "file" or die; print $f "line $_\n" for 1 .. 1000; close $f;
open $f, '<', "file" or die; my $n = 0; $n += /7/ while <$f>; close $f; print "sevens $n\n";
print -s "file", " ", (-d "." ? "dir" : "no"), "\n";
my $pid = fork(); if (!$pid) { exit 42 } waitpid $pid, 0; print "child ", $? >> 8, "\n";
pipe my $r, my $w; if (!fork()) { close $r; print $w "from child\n"; exit 0 } close $w; print <$r>; wait;
print "shell: ", `echo hi | tr a-z A-Z`;
system("sh", "-c", "exit 3"); print "system ", $? >> 8, "\n";
$SIG{USR1} = sub { print "signal $_[0]\n" }; kill USR1 => $$;
eval { local $SIG{ALRM} = sub { die "alarm\n" }; alarm 1; select undef, undef, undef, 5; }; print "died: $@";
use Time::HiRes qw(time sleep); my $t0 = time; sleep 0.05; print "slept\n" if time - $t0 >= 0.049;
use POSIX qw(floor strftime :sys_wait_h); print floor(3.7), " ", strftime("%Y-%m-%d", gmtime 86400 * 365), "\n";
use IO::Socket::INET; my $l = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die;
if (!fork()) { my $c = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $l->sockport) or die; print $c "over tcp\n"; exit 0 }
my $c = $l->accept; print scalar <$c>; wait;
use Digest::SHA qw(sha256_hex); print sha256_hex("abc"), "\n";
use List::Util qw(sum max reduce); print sum(1 .. 100), " ", max(3, 9, 4), " ", (reduce { $a * $b } 1 .. 10), "\n";
use Encode; print length(decode("UTF-8", "\xc3\xa4\xe2\x82\xac")), "\n";
use Storable qw(dclone freeze thaw); print thaw(freeze([1, [2, 3]]))->[1][1], "\n";
use threads; my @t = map { my $i = $_; threads->create(sub { $i * $i }) } 1 .. 4; print join(" ", map { $_->join } @t), "\n";
my $sum = 0; $sum = ($sum * 31 + $_) % 1000003 for 1 .. 300000; print "sum $sum\n";
local $_ = join "", map { chr(97 + $_ * 7 % 26) } 0 .. 9999; print tr/a//, " ", length, "\n";
print "times ok\n" if (times)[0] > 0;
END
perl t.pl
perl -ne 'print if /5$/ && $. % 100 == 45' file
perl -e 'print "exit\n"; exit 9'; echo $?
perl -MData::Dumper -e '$Data::Dumper::Sortkeys = 1; $Data::Dumper::Indent = 1; print Dumper({b => [1, 2], a => "x"})'
