export LC_ALL=C.UTF-8 TZ=UTC
cd "$(mktemp -d)"
cat > t.py <<'END'
import asyncio, os, signal
async def client(port, n):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"hello {n}\n".encode()); await writer.drain()
    line = await reader.readline(); writer.close(); return line.decode().strip()
async def serve(reader, writer):
    writer.write((await reader.readline()).upper()); await writer.drain(); writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    print("asyncio", sorted(await asyncio.gather(*(client(port, i) for i in range(20))))[:3])
    server.close()
    process = await asyncio.create_subprocess_exec("cat", stdin=-1, stdout=-1)
    out, _ = await process.communicate(b"through cat"); print("subprocess", out, process.returncode)
    try: await asyncio.wait_for(asyncio.sleep(5), 0.05)
    except asyncio.TimeoutError: print("timeout")
    done = asyncio.Event(); asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, done.set)
    os.kill(os.getpid(), signal.SIGUSR1); await asyncio.wait_for(done.wait(), 60); print("signal in loop")
    print("executor", await asyncio.get_running_loop().run_in_executor(None, sum, [1, 2, 3]))
asyncio.run(main())
END
/usr/bin/python3 -W ignore t.py
