export LC_ALL=C.UTF-8 TZ=UTC
cd "$(mktemp -d)"
cat > t.py <<'END'
import concurrent.futures, queue, threading
counter, lock = 0, threading.Lock()
def work():
    global counter
    for _ in range(10000):
        with lock:
            counter += 1
threads = [threading.Thread(target=work) for _ in range(4)]
[t.start() for t in threads]; [t.join() for t in threads]
print("threads", counter)
q, seen = queue.Queue(5), []
def consume():
    while (x := q.get()) is not None: seen.append(x)
t = threading.Thread(target=consume); t.start()
for i in range(100): q.put(i)
q.put(None); t.join(); print("queue", sum(seen))
with concurrent.futures.ThreadPoolExecutor(4) as pool: print("pool", sum(pool.map(lambda x: x * x, range(100))))
event = threading.Event(); threading.Timer(0.05, event.set).start(); print("event", event.wait(60))
condition = threading.Condition()
with condition: print("condition", condition.wait(0.02))
local = threading.local(); local.x = 1
print("barrier", threading.Barrier(1).wait())
END
/usr/bin/python3 -W ignore t.py
