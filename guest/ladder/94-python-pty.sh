export LC_ALL=C.UTF-8 TZ=UTC
cd "$(mktemp -d)"
cat > t.py <<'END'
import fcntl, os, pty, select, struct, termios, time, tty

def read_until(fd, word):
    text = b""
    while word not in text:
        if not select.select([fd], [], [], 60)[0]: return text + b"(nothing more)"
        try: part = os.read(fd, 1000)
        except OSError: break
        if not part: break
        text += part
    return text

def terminals():
    pid, fd = pty.fork()
    if pid == 0: os.execlp("sh", "sh")
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 90, 0, 0))
    os.write(fd, b"PS1=; stty size; echo a$((1+1))b\n"); text = read_until(fd, b"a2b"); print("pty", b"30 90" in text, b"a2b" in text)
    os.write(fd, b"sleep 100\n")
    while os.tcgetpgrp(fd) == pid: time.sleep(0.01)
    time.sleep(0.2); os.write(fd, b"\x03"); os.write(fd, b"echo interrupt$?ed\n")
    print("interrupt", b"interrupt130ed" in read_until(fd, b"130ed"))
    os.write(fd, b"tty | sed s,[0-9].*,N,\n"); print("tty", b"/dev/pts/N" in read_until(fd, b"N\r"))
    os.write(fd, b"exit 7\n"); read_until(fd, b"\0never"); print("status", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    m, s = pty.openpty(); tty.setraw(s); os.write(m, b"\x03x"); print("raw", os.read(s, 10)); os.close(m); os.close(s)

terminals()
END
/usr/bin/python3 -W ignore t.py
