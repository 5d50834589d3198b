package callgate.bench.soak;

import callgate.Result;
import callgate.Running;
import callgate.Sandbox;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/** What the soak test does. Each checks what it got. */
final class Jobs {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int SIGTERM = 15;
    private static final int SIGKILL = 9;

    private static final String THREADS =
            """
            import threading, queue, socket, hashlib
            q = queue.Queue()
            def work():
                h = hashlib.sha256()
                for i in range(200):
                    h.update(b'x' * 500)
                q.put(h.hexdigest())
            ts = [threading.Thread(target=work) for _ in range(8)]
            [t.start() for t in ts]; [t.join() for t in ts]
            s = socket.create_server(('127.0.0.1', 0))
            def serve():
                c, _ = s.accept()
                while (d := c.recv(4096)): c.sendall(d)
                c.close()
            t = threading.Thread(target=serve); t.start()
            c = socket.create_connection(s.getsockname())
            n = 0
            for i in range(100):
                c.sendall(b'y' * 100)
                m = 100
                while m: m -= len(c.recv(m))
                n += 100
            c.close(); t.join(); s.close()
            print(len({q.get() for _ in ts}), n)
            """;

    private static final String FORKS =
            """
            import os, signal, time
            r, w = os.pipe()
            kids = []
            for i in range(12):
                p = os.fork()
                if p == 0:
                    os.write(w, b'.')
                    if i % 3 == 0: time.sleep(100)
                    os._exit(i)
                kids.append(p)
            n = 0
            while n < 12: n += len(os.read(r, 12))
            for p in kids[::3]: os.kill(p, signal.SIGKILL)
            print(sum(os.waitstatus_to_exitcode(os.waitpid(p, 0)[1]) for p in kids))
            """;

    private static final String SQL =
            """
            create table t(a integer primary key, b text);
            with recursive n(i) as (select 1 union all select i+1 from n where i<3000) insert into t select i, 'row '||i from n;
            create index u on t(b);
            select count(*), sum(a), max(b) from t where b like 'row 1%';
            """;

    private static final String SHELL =
            "cd $(mktemp -d) && for i in 1 2 3 4 5 6 7 8; do (echo $i | cat >f$i) & done; wait; cat f* | sort -n | tr '\\n' ' '; "
                    + "ls | wc -l; seq 1000 | gzip | gunzip | wc -c; rm -r $PWD";

    /** Without headers, which the image has none of. */
    private static final String COMPILE =
            "cd $(mktemp -d) && printf 'int f(int n){int s=0;for(int i=0;i<n;i++)s+=i%%7;return s;}' >a.c && gcc -O1 -c a.c && ls; rm -r $PWD";

    private static final String PERL =
            "perl -e 'my %h; $h{$_ % 97} .= \"$_,\" for 1..20000; print scalar(keys %h), \" \", length(join(\"\", values %h)), \"\\n\"'";

    private Jobs() {}

    /** All of them, the frequent ones first. */
    static List<Job> all() {
        return List.of(
                own("hello", sandbox -> expect(run(sandbox, "hello"), "Hello, world!\n")),
                debian("shell", SHELL, "1 2 3 4 5 6 7 8 8\n3893\n"),
                debian("perl", PERL, "97 108894\n"),
                debian(
                        "sqlite",
                        "sqlite3 -batch :memory: \"" + SQL + "\"",
                        "1111|1514596|row 1999\n"),
                debian("threads", "python3 -c \"" + THREADS + "\"", "1 10000\n"),
                debian("forks", "python3 -c \"" + FORKS + "\"", "12\n"),
                debian("compile", COMPILE, "a.c\na.o\n"),
                new Job("terminal", Jobs::settings, true, Jobs::terminal),
                new Job("kill", Jobs::settings, true, Jobs::kill),
                new Job("timeout", Jobs::settings, true, Jobs::timeOut),
                new Job("close", Jobs::settings, false, Jobs::closeBusy),
                new Job(
                        "forkbomb",
                        _ -> builtin().pids(32),
                        false,
                        sandbox -> timedOut(sandbox, "forkbomb")),
                new Job("membomb", _ -> builtin().memory("64m"), false, Jobs::memoryBomb));
    }

    /**
     * Those of these names; all for no name.
     *
     * @throws IllegalArgumentException if there is none of a name
     */
    static List<Job> named(String... names) {
        List<Job> chosen =
                all().stream()
                        .filter(
                                job ->
                                        names.length == 0
                                                || Arrays.asList(names).contains(job.name()))
                        .toList();
        if (chosen.size() < names.length) {
            throw new IllegalArgumentException("one of " + String.join(", ", names) + " is no job");
        }
        return chosen;
    }

    private static Sandbox.Builder builtin() {
        return settings("builtin").memory("256m");
    }

    private static Sandbox.Builder settings(String image) {
        return Sandbox.builder().image(image).env("LC_ALL", "C").memory("1g").timeout(PATIENCE);
    }

    private static Job own(String name, Job.Work work) {
        return new Job(name, _ -> builtin(), false, work);
    }

    private static Job debian(String name, String script, String expected) {
        return new Job(
                name,
                Jobs::settings,
                true,
                sandbox -> expect(run(sandbox, "sh", "-c", script), expected));
    }

    private static Result run(Sandbox sandbox, String... command) {
        return sandbox.run(command);
    }

    private static String expect(Result result, String text) {
        return result.succeeded() && result.text().equals(text)
                ? null
                : "wanted \"" + text + "\", got " + described(result);
    }

    private static String described(Result result) {
        return "status "
                + result.exitCode()
                + (result.timedOut() ? ", out of time" : "")
                + ": \""
                + result.text()
                + "\" "
                + result.errorText();
    }

    // ---- programs that do not end by themselves ----

    private static String kill(Sandbox sandbox) throws InterruptedException {
        Running loop = sandbox.command("sh", "-c", "while :; do :; done").start();
        Running sleeper = sandbox.command("sleep", "1000").start();
        Thread.sleep(100);
        loop.signal(SIGKILL);
        sleeper.signal(SIGTERM);
        Result killed = loop.waitFor();
        Result ended = sleeper.waitFor();
        return killed.signal() == SIGKILL && ended.signal() == SIGTERM
                ? null
                : "signals " + killed.signal() + " and " + ended.signal();
    }

    private static String timeOut(Sandbox sandbox) {
        return timedOut(sandbox, "sh", "-c", "sleep 1000 & while :; do :; done");
    }

    private static String timedOut(Sandbox sandbox, String... command) {
        Result result = sandbox.command(command).timeout(Duration.ofMillis(700)).run();
        return result.timedOut() ? null : "it ended: " + described(result);
    }

    /** The sandbox ends while its programs run, wait, and write into a full pipe. */
    private static String closeBusy(Sandbox sandbox) throws InterruptedException {
        sandbox.command("sh", "-c", "yes | sleep 1000 & (while :; do :; done) & wait").start();
        Thread.sleep(200);
        return null;
    }

    private static String memoryBomb(Sandbox sandbox) {
        Result result = run(sandbox, "membomb");
        return result.succeeded() || result.timedOut() ? "it lived: " + described(result) : null;
    }

    private static String terminal(Sandbox sandbox) throws InterruptedException {
        Screen screen = new Screen();
        Running shell =
                sandbox.command("sh", "-i").terminal(new Typist(screen), screen, 80, 24).start();
        shell.resize(100, 30);
        Result result = shell.waitFor();
        return screen.shows("answer=42") && !result.timedOut()
                ? null
                : "the screen was \"" + screen + "\", " + described(result);
    }

    /** What the terminal shows. */
    private static final class Screen extends ByteArrayOutputStream {
        boolean shows(String text) {
            return toString(StandardCharsets.UTF_8).contains(text);
        }
    }

    /**
     * Types a line when the one before has done its work, as people do: ^C when what it is meant
     * for is in the foreground.
     */
    private static final class Typist extends InputStream {
        private static final long LOOK_MILLIS = 20;

        private record Turn(String awaited, String typed) {}

        private final Screen screen;
        private final Iterator<Turn> turns =
                List.of(
                                new Turn("", "sh -c 'echo answer=$((6*7)); exec sleep 1000'\n"),
                                new Turn("answer=42", "\3"),
                                new Turn("^C", "exit\n"))
                        .iterator();
        private byte[] line = {};
        private int next;

        Typist(Screen screen) {
            this.screen = screen;
        }

        @Override
        public int read() {
            if (next == line.length && !awaitTurn()) {
                return -1;
            }
            return line[next++];
        }

        private boolean awaitTurn() {
            if (!turns.hasNext()) {
                return false;
            }
            Turn turn = turns.next();
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!screen.shows(turn.awaited)) {
                if (System.nanoTime() > end || !pause()) {
                    return false;
                }
            }
            line = turn.typed.getBytes(StandardCharsets.US_ASCII);
            next = 0;
            return true;
        }

        private static boolean pause() {
            try {
                Thread.sleep(LOOK_MILLIS);
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        @Override
        public int read(byte[] to, int offset, int length) {
            int value = length == 0 ? 0 : read();
            if (value < 0 || length == 0) {
                return value;
            }
            to[offset] = (byte) value;
            return 1;
        }
    }
}
