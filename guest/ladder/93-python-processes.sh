export LC_ALL=C.UTF-8 TZ=UTC
cd "$(mktemp -d)"
cat > t.py <<'END'
import multiprocessing as mp, multiprocessing.shared_memory as shm, os, sys, time

def square(x): return x * x
def worker(q, r):
    for x in iter(q.get, None): r.put(x + 1)
def add(v, n):
    for _ in range(n):
        with v.get_lock(): v.value += 1

def pools():
    context = mp.get_context("fork")
    with context.Pool(4) as pool: print("pool", pool.map(square, range(10)))
    q, r = context.Queue(), context.Queue()
    ps = [context.Process(target=worker, args=(q, r)) for _ in range(3)]
    [p.start() for p in ps]
    for i in range(50): q.put(i)
    for _ in ps: q.put(None)
    print("queue", sum(r.get() for _ in range(50))); [p.join() for p in ps]
    v = context.Value("i", 0); ps = [context.Process(target=add, args=(v, 500)) for _ in range(4)]
    [p.start() for p in ps]; [p.join() for p in ps]; print("value", v.value)
    a, b = context.Pipe(); p = context.Process(target=lambda: b.send({"k": [1, 2]})); p.start(); print("pipe", a.recv()); p.join()
    s = shm.SharedMemory(create=True, size=4096); s.buf[:5] = b"hello"
    t = shm.SharedMemory(s.name); print("shared", bytes(t.buf[:5])); t.close(); s.close(); s.unlink()
    p = context.Process(target=time.sleep, args=(60,)); p.start(); p.terminate(); p.join(); print("terminated", p.exitcode)
    with context.Manager() as m: d = m.dict(); d["x"] = 1; print("manager", dict(d))

def spawned():
    with mp.get_context("spawn").Pool(2) as pool: print("spawn", pool.map(square, [1, 2, 3]))

if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    pools(); spawned()
    r, w = os.pipe(); pid = os.fork()
    if pid == 0: os.write(w, b"forked"); os._exit(3)
    print(os.read(r, 10), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    fd = os.pidfd_open(os.getpid()); print("pidfd", fd > 2)
    print("memfd", os.write(os.memfd_create("x"), b"abc"))
END
/usr/bin/python3 -W ignore t.py
