export LC_ALL=C.UTF-8 TZ=UTC
cd "$(mktemp -d)"
cat > t.py <<'END'
import base64, collections, ctypes, datetime, decimal, hashlib, json, math, mmap, os, pathlib, random, re, select, shutil, signal, socket
import sqlite3, struct, subprocess, sys, time, zlib
print(sum(range(10**6)), 2**200, math.factorial(30))
print(sorted(collections.Counter("mississippi").items()))
print(re.sub(r"(\w+) (\w+)", r"\2 \1", "hello world"), "äöü€"[::-1], "ß".upper())
print(json.dumps({"b": [1, 2.5, None], "a": "x"}, sort_keys=True), struct.pack("<IhB", 1, -2, 3).hex())
print(hashlib.sha256(b"abc").hexdigest()[:16], zlib.crc32(b"hello"), hashlib.blake2b(b"x").hexdigest()[:8])
print(zlib.decompress(zlib.compress(b"x" * 100000)) == b"x" * 100000, base64.b64encode(b"abc"))
print(decimal.Decimal(1) / 7, math.sin(1), 0.1 + 0.2, float("nan") != float("nan"), 1e308 * 10)
random.seed(42); print(random.random(), random.sample(range(100), 5))
print(datetime.datetime.fromtimestamp(86400 * 365, datetime.timezone.utc).isoformat())

print(subprocess.run(["sh", "-c", "echo out; echo err >&2; exit 3"], capture_output=True, text=True))
p1 = subprocess.Popen(["seq", "1000"], stdout=-1); p2 = subprocess.Popen(["wc", "-l"], stdin=p1.stdout, stdout=-1); print(p2.communicate()[0].strip())
try: subprocess.run(["sleep", "5"], timeout=0.1)
except subprocess.TimeoutExpired: print("expired")
print(subprocess.Popen(["sh", "-c", "kill -9 $$"]).wait())
a, b = socket.socketpair(); a.sendall(b"x" * 100000 if False else b"pair"); print(b.recv(10))
u = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); u.bind("\0guest-%d" % os.getpid()); u.sendto(b"abstract", u.getsockname()); print(u.recv(20))
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); udp.bind(("127.0.0.1", 0)); udp.sendto(b"udp", udp.getsockname()); print(udp.recvfrom(10)[0])
poll = select.epoll(); poll.register(b, select.EPOLLIN); a.send(b"!"); print(poll.poll(1) == [(b.fileno(), select.EPOLLIN)])
signal.signal(signal.SIGALRM, lambda *x: rang.append(1)); rang = []; signal.setitimer(signal.ITIMER_REAL, 0.05)
while not rang: time.sleep(0.01)
print("alarm")
db = sqlite3.connect("db"); db.execute("create table t (a)"); db.executemany("insert into t values (?)", [(i,) for i in range(1000)]); db.commit()
print(db.execute("select sum(a), count(*) from t").fetchone())
with open("m", "wb") as f: f.write(b"a" * 8192)
with open("m", "r+b") as f, mmap.mmap(f.fileno(), 0) as m: m[4096:4100] = b"MMAP"; print(m.find(b"MMAP"))
pathlib.Path("d/e").mkdir(parents=True); pathlib.Path("d/e/f").write_text("text"); print(sorted(str(p) for p in pathlib.Path("d").rglob("*"))); shutil.rmtree("d")
print(ctypes.CDLL(None).abs(-5), os.stat("m").st_size, oct(os.stat("m").st_mode & 0o777))
def deep(n): return 0 if n == 0 else 1 + deep(n - 1)
print(deep(900))
try: 1 // 0
except ZeroDivisionError as e: print(e)
primes = [n for n in range(2, 2000) if all(n % d for d in range(2, int(n**0.5) + 1))]; print(len(primes), primes[-1])
print(len(os.urandom(16)), time.monotonic() > 0, sys.byteorder, os.cpu_count() > 0)
END
umask 022
/usr/bin/python3 -W ignore t.py
/usr/bin/python3 -c 'import sys; sys.exit(5)'; echo $?
echo 'print(input()[::-1])' > i.py; echo abc | /usr/bin/python3 i.py
/usr/bin/python3 -m json.tool <<< '{"a": 1}'
/usr/bin/python3 -c 'print("x" * 1000000)' | wc -c
