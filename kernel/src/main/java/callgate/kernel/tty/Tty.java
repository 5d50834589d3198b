package callgate.kernel.tty;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.abi.Signals;
import callgate.kernel.mm.IoBuffer;
import callgate.kernel.vfs.ControllingTerminal;
import callgate.kernel.vfs.DeviceNumber;
import callgate.kernel.vfs.JobControl;
import callgate.kernel.wait.WaitQueue;

/**
 * A pseudo-terminal: what its master and its slaves share. Thread-safe.
 *
 * <p>The {@code try} methods never block: {@code -EAGAIN} means that the caller may wait for the
 * queue and try again.
 */
final class Tty implements ControllingTerminal {
    /** Major number of Unix98 pty slaves; the minor is the index. */
    static final int SLAVE_MAJOR = 136;

    private static final int OUTPUT_LIMIT = 65536;

    /** Output that is kept free for echo when a program fills the rest. */
    private static final int ECHO_RESERVE = 1024;

    private final int index;
    private final JobControl jobs;
    private final WaitQueue slaveQueue = new WaitQueue();
    private final WaitQueue masterQueue = new WaitQueue();

    // guarded by this
    private final ByteRing toMaster = new ByteRing(OUTPUT_LIMIT);
    private final OutputProcessor screen = new OutputProcessor(toMaster);
    private final InputEditor editor = new InputEditor(screen);
    private Termios termios = Termios.standard();
    private WindowSize size = new WindowSize(0, 0, 0, 0);
    private int session;
    private int foregroundGroup;
    private int slaves;
    private boolean slaveSeen;
    private boolean masterOpen = true;
    private boolean locked = true;
    private boolean exclusive;

    Tty(int index, JobControl jobs) {
        this.index = index;
        this.jobs = jobs;
    }

    int index() {
        return index;
    }

    JobControl jobs() {
        return jobs;
    }

    WaitQueue slaveQueue() {
        return slaveQueue;
    }

    WaitQueue masterQueue() {
        return masterQueue;
    }

    // ---- settings ----

    synchronized Termios termios() {
        return termios;
    }

    void setTermios(Termios settings) {
        synchronized (this) {
            editor.switchMode(termios, settings);
            termios = settings;
            if (!settings.hasInput(Termios.IXON)) {
                editor.setStopped(false);
            }
        }
        slaveQueue.wakeAll();
    }

    /** Forgets typed (and not read) or written (and not shown) bytes: TCIFLUSH, TCOFLUSH. */
    void flush(boolean input, boolean output) {
        synchronized (this) {
            if (input) {
                editor.clear();
            }
            if (output) {
                toMaster.clear();
            }
        }
        slaveQueue.wake(PollEvents.WRITABLE);
        masterQueue.wake(PollEvents.WRITABLE);
    }

    /** Stops or goes on with output: TCOOFF, TCOON. */
    void setStopped(boolean stop) {
        synchronized (this) {
            editor.setStopped(stop);
        }
        slaveQueue.wake(PollEvents.WRITABLE);
    }

    synchronized WindowSize size() {
        return size;
    }

    void resize(WindowSize newSize) {
        int group;
        synchronized (this) {
            if (newSize.equals(size)) {
                return;
            }
            size = newSize;
            group = foregroundGroup;
        }
        if (group != 0) {
            jobs.signalGroup(group, Signals.SIGWINCH);
        }
    }

    synchronized void setLocked(boolean lock) {
        locked = lock;
    }

    synchronized boolean isLocked() {
        return locked;
    }

    synchronized void setExclusive(boolean only) {
        exclusive = only;
    }

    // ---- session and foreground group ----

    synchronized int session() {
        return session;
    }

    @Override
    public synchronized int foregroundGroup() {
        return foregroundGroup;
    }

    synchronized void setForegroundGroup(int group) {
        foregroundGroup = group;
    }

    @Override
    public long device() {
        return DeviceNumber.of(SLAVE_MAJOR, index);
    }

    /**
     * Becomes the controlling terminal of a session that has none; false if it is another
     * session's.
     */
    synchronized boolean acquire(int newSession, int group) {
        if (session != 0 && session != newSession) {
            return false;
        }
        session = newSession;
        foregroundGroup = group;
        return true;
    }

    @Override
    public void sessionEnded(int endedSession) {
        int group;
        synchronized (this) {
            if (session != endedSession) {
                return;
            }
            group = foregroundGroup;
            session = 0;
            foregroundGroup = 0;
        }
        hangUp(group);
    }

    private void hangUp(int group) {
        if (group != 0) {
            jobs.signalGroup(group, Signals.SIGHUP);
            jobs.signalGroup(group, Signals.SIGCONT);
        }
    }

    // ---- openings ----

    /**
     * A slave is opened: 0, {@code -EIO} if locked or without a master, {@code -EBUSY} if
     * exclusive.
     */
    int openSlave(boolean privileged) {
        synchronized (this) {
            if (locked || !masterOpen) {
                return -Errno.EIO;
            }
            if (exclusive && slaves > 0 && !privileged) {
                return -Errno.EBUSY;
            }
            slaves++;
            slaveSeen = true;
        }
        masterQueue.wakeAll();
        return 0;
    }

    void closeSlave() {
        synchronized (this) {
            slaves--;
            exclusive &= slaves > 0;
        }
        masterQueue.wakeAll();
    }

    /**
     * The master is gone: readers see the end, writers EIO, and the session is hung up and has no
     * terminal any more.
     */
    void closeMaster() {
        int leader;
        int group;
        synchronized (this) {
            masterOpen = false;
            leader = session;
            group = foregroundGroup;
            session = 0;
            foregroundGroup = 0;
            toMaster.clear();
        }
        if (leader != 0) {
            jobs.signalGroup(
                    leader, Signals.SIGHUP); // the leader's own group: its number is the session's
            jobs.signalGroup(leader, Signals.SIGCONT);
        }
        if (group != leader) {
            hangUp(group);
        }
        slaveQueue.wakeAll();
    }

    // ---- the slave's side ----

    /**
     * Reads a line, or what raw mode gives. Once {@code wanted} bytes are there; 0 if the terminal
     * was hung up.
     */
    long tryRead(IoBuffer to, int wanted) {
        int done;
        synchronized (this) {
            int available = editor.available(termios);
            if (available == 0
                    || available > 0 && available < wanted && !termios.has(Termios.ICANON)) {
                return masterOpen ? -Errno.EAGAIN : 0;
            }
            done = editor.read(to, termios);
        }
        masterQueue.wake(PollEvents.WRITABLE);
        return done;
    }

    synchronized int readable() {
        return editor.available(termios);
    }

    synchronized int waiting() {
        return editor.waiting();
    }

    /** Writes what fits: a count, {@code -EAGAIN}, or {@code -EIO} after a hang-up. */
    long tryWrite(IoBuffer from) {
        long done = 0;
        synchronized (this) {
            if (!masterOpen) {
                return -Errno.EIO;
            }
            if (editor.isStopped()) {
                return -Errno.EAGAIN;
            }
            byte[] chunk = new byte[(int) Math.min(4096, from.remaining())];
            while (from.remaining() > 0) {
                int room = (toMaster.room() - ECHO_RESERVE) / OutputProcessor.MAX_EXPANSION;
                if (room <= 0) {
                    break;
                }
                int count =
                        from.get(
                                chunk,
                                0,
                                (int) Math.min(Math.min(room, chunk.length), from.remaining()));
                if (count == 0) {
                    break;
                }
                for (int i = 0; i < count; i++) {
                    screen.put(chunk[i], termios);
                }
                done += count;
            }
            if (done == 0 && from.remaining() > 0) {
                return -Errno.EAGAIN;
            }
        }
        masterQueue.wake(PollEvents.READABLE);
        return done;
    }

    synchronized int slaveReadiness() {
        int events = 0;
        int available = editor.available(termios);
        int needed =
                termios.has(Termios.ICANON) || termios.character(Termios.VTIME) != 0
                        ? 1
                        : Math.max(1, termios.character(Termios.VMIN));
        if (available < 0 || available >= needed) {
            events |= PollEvents.READABLE;
        }
        if (!masterOpen) {
            return events
                    | PollEvents.READABLE
                    | PollEvents.WRITABLE
                    | PollEvents.POLLHUP
                    | PollEvents.POLLERR;
        }
        if (!editor.isStopped()
                && toMaster.room() > ECHO_RESERVE + 256 * OutputProcessor.MAX_EXPANSION) {
            events |= PollEvents.WRITABLE;
        }
        return events;
    }

    // ---- the master's side ----

    /** Types bytes: a count, or {@code -EAGAIN} if a raw-mode reader is far behind. */
    long tryType(IoBuffer from) {
        long done = 0;
        int signal = 0;
        int group;
        synchronized (this) {
            group = foregroundGroup;
            byte[] one = new byte[1];
            while (from.remaining() > 0
                    && signal == 0
                    && editor.hasRoom(termios)
                    && from.get(one, 0, 1) == 1) {
                signal = editor.type(one[0], termios);
                done++;
            }
            if (done == 0 && from.remaining() > 0) {
                return -Errno.EAGAIN;
            }
        }
        slaveQueue.wake(PollEvents.READABLE | PollEvents.WRITABLE);
        masterQueue.wake(PollEvents.READABLE); // echo
        if (signal != 0 && group != 0) {
            jobs.signalGroup(group, signal);
        }
        return done;
    }

    /**
     * Reads what was written or echoed: a count, {@code -EAGAIN}, or {@code -EIO} when all slaves
     * are closed.
     */
    long tryTake(IoBuffer to) {
        int done;
        synchronized (this) {
            if (toMaster.size() == 0) {
                return slaves == 0 && slaveSeen ? -Errno.EIO : -Errno.EAGAIN;
            }
            done = toMaster.moveTo(to, toMaster.size());
        }
        slaveQueue.wake(PollEvents.WRITABLE);
        return done;
    }

    synchronized int shown() {
        return toMaster.size();
    }

    synchronized int masterReadiness() {
        int events = toMaster.size() > 0 ? PollEvents.READABLE : 0;
        events |= editor.hasRoom(termios) ? PollEvents.WRITABLE : 0;
        return slaves == 0 && slaveSeen ? events | PollEvents.POLLHUP : events;
    }
}
