package callgate.kernel.ipc;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.vfs.AnonymousFs;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Credentials;
import callgate.kernel.vfs.HeapBudget;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.Namespace;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.wait.Scheduler;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What a kernel makes pipes, event counters and the like with. One per kernel. Thread-safe. */
public final class Ipc {
    private final Scheduler scheduler;
    private final AnonymousFs pipes;
    private final Inode eventInode;
    private final HeapBudget budget;
    private final Set<HostSink> busySinks = ConcurrentHashMap.newKeySet();
    private final EpollNesting nesting = new EpollNesting();

    /**
     * @param pipes where the inodes of pipes are
     * @param anonymous where the inodes of event counters, epolls and the like are
     * @param budget memory of the host for what is in pipes and sockets, and for watches of epolls
     */
    public Ipc(Scheduler scheduler, AnonymousFs pipes, AnonymousFs anonymous, HeapBudget budget) {
        this.budget = budget;
        this.scheduler = scheduler;
        this.pipes = pipes;
        eventInode = anonymous.newInode(0600, 0, 0);
    }

    /** The one inode that all event counters, epolls, timers and the like share, as in Linux. */
    public Inode eventInode() {
        return eventInode;
    }

    /** Memory of the host for what is in pipes and sockets, and for watches of epolls. */
    public HeapBudget budget() {
        return budget;
    }

    // ---- pipes ----

    /** The two ends of a pipe. */
    public record Ends(OpenFile reader, OpenFile writer) {}

    /** A new pipe. @param flags O_NONBLOCK or 0, for both ends */
    public Ends newPipe(Credentials owner, int flags) {
        Inode inode = newPipeInode(owner.fsuid(), owner.fsgid());
        Pipe pipe = new Pipe(budget);
        inode.attach(pipe); // it may be opened again, through /proc/self/fd
        pipe.opened(true, true);
        return new Ends(
                new PipeFile(pipe, inode, null, OpenFlags.O_RDONLY | flags, PipeFile.SEEN_WRITER),
                new PipeFile(pipe, inode, null, OpenFlags.O_WRONLY | flags, PipeFile.SEEN_WRITER));
    }

    private Inode newPipeInode(int uid, int gid) {
        return pipes.newInode(Mode.S_IFIFO | 0600, uid, gid);
    }

    /**
     * Opens a FIFO, waiting for the other end as fifo(7) says, or a pipe or stream of the host
     * again (through /proc/self/fd), at once: the {@link Namespace.FifoOpener} of a kernel.
     *
     * @throws ErrnoException ENXIO for a non-blocking writer of a FIFO without a reader;
     *     ERESTARTSYS if interrupted; EACCES for the wrong end of a stream of the host
     */
    public OpenFile openFifo(Caller caller, Inode inode, Path path, int flags) {
        return switch (inode.attachment(() -> new Pipe(budget))) {
            case HostSource source -> {
                requireNot(OpenFlags.O_WRONLY, flags);
                yield new HostInput(source, inode, flags & OpenFlags.O_NONBLOCK);
            }
            case HostSink sink -> {
                requireNot(OpenFlags.O_RDONLY, flags);
                yield new HostOutput(sink, inode, flags & OpenFlags.O_NONBLOCK);
            }
            case Pipe pipe when inode.fileSystem() == pipes -> openAgain(pipe, inode, flags);
            case Pipe pipe -> openNamed(caller, pipe, inode, path, flags);
            case Object other -> throw new AssertionError("a FIFO keeps " + other.getClass());
        };
    }

    private static void requireNot(int access, int flags) {
        if ((flags & OpenFlags.O_ACCMODE) == access) {
            throw new ErrnoException(Errno.EACCES);
        }
    }

    private static OpenFile openAgain(Pipe pipe, Inode inode, int flags) {
        int access = flags & OpenFlags.O_ACCMODE;
        pipe.opened(access != OpenFlags.O_WRONLY, access != OpenFlags.O_RDONLY);
        return new PipeFile(pipe, inode, null, flags, PipeFile.SEEN_WRITER);
    }

    private static OpenFile openNamed(Caller caller, Pipe pipe, Inode inode, Path path, int flags) {
        int access = flags & OpenFlags.O_ACCMODE;
        boolean reads = access != OpenFlags.O_WRONLY;
        boolean writes = access != OpenFlags.O_RDONLY;
        boolean nonBlocking = (flags & OpenFlags.O_NONBLOCK) != 0;
        if (!reads && nonBlocking && !pipe.hasReaders()) {
            throw new ErrnoException(Errno.ENXIO);
        }
        Pipe.Opening opening = pipe.opened(reads, writes);
        if (opening.alone() && !nonBlocking) {
            long result =
                    reads
                            ? awaitEnd(
                                    caller, pipe, () -> pipe.writerOpens() != opening.writerOpens())
                            : awaitEnd(
                                    caller,
                                    pipe,
                                    () -> pipe.readerOpens() != opening.readerOpens());
            if (result < 0) {
                pipe.closed(reads, writes);
                throw new ErrnoException((int) -result);
            }
        }
        boolean quiet = opening.alone() && reads && nonBlocking;
        return new PipeFile(
                pipe, inode, path, flags, quiet ? opening.writerOpens() : PipeFile.SEEN_WRITER);
    }

    private interface Condition {
        boolean holds();
    }

    private static long awaitEnd(Caller caller, Pipe pipe, Condition there) {
        int any = PollEvents.READABLE | PollEvents.WRITABLE;
        return caller.waiter()
                .retry(pipe.queue(), any, Scheduler.NEVER, () -> there.holds() ? 0 : -Errno.EAGAIN);
    }

    // ---- events ----

    /** What a read of an event counter takes. */
    public enum CounterReads {
        ALL,
        ONE
    }

    /** An eventfd. @param flags O_NONBLOCK or 0 */
    public OpenFile newEventCounter(int count, CounterReads reads, int flags) {
        return new EventCounter(eventInode, Integer.toUnsignedLong(count), reads, flags);
    }

    public Epoll newEpoll() {
        return new Epoll(eventInode, nesting, budget);
    }

    // ---- streams of the host ----

    /** A readable file that leads to a stream of the host; looks like a pipe. */
    public OpenFile hostInput(InputStream stream) {
        Inode inode = newPipeInode(0, 0);
        HostSource source = new HostSource(scheduler, stream);
        inode.attach(source);
        return new HostInput(source, inode, 0);
    }

    /** A writable file that leads to a stream of the host; looks like a pipe. */
    public HostOutput hostOutput(OutputStream stream) {
        Inode inode = newPipeInode(0, 0);
        HostSink sink = new HostSink(scheduler, stream, busySinks);
        inode.attach(sink);
        return new HostOutput(sink, inode, 0);
    }

    /** At the end of the kernel: nobody is to wait any more for the host to take output. */
    public void abandonOutput() {
        busySinks.forEach(HostSink::abandon);
    }
}
