package callgate.machine.jit;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/**
 * Work for the background thread, oldest first; each piece belongs to something hot, which waits in
 * the queue at most once. Thread-safe.
 */
final class TranslationQueue implements AutoCloseable {
    /** Most pieces that wait; more are refused, to be asked for again while they are hot. */
    private static final int LIMIT = 4_096;

    private final ArrayDeque<Work> waiting = new ArrayDeque<>();
    private final Set<Object> known = new HashSet<>();
    private final Thread thread;
    private boolean isClosed;

    private record Work(Object subject, Runnable task) {}

    TranslationQueue() {
        thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("callgate-translator")
                        .stackSize(4 << 20)
                        .unstarted(this::run);
        thread.start();
    }

    synchronized void add(Object subject, Runnable task) {
        if (!isClosed && waiting.size() < LIMIT && known.add(subject)) {
            waiting.add(new Work(subject, task));
            notifyAll();
        }
    }

    private void run() {
        while (true) {
            Work work = take();
            if (work == null) {
                return;
            }
            work.task.run();
            done(work);
        }
    }

    private synchronized void done(Work work) {
        known.remove(work.subject);
    }

    private synchronized Work take() {
        while (waiting.isEmpty() && !isClosed) {
            try {
                wait();
            } catch (InterruptedException e) {
                return null; // nobody else knows this thread: the JVM is going down
            }
        }
        return isClosed ? null : waiting.poll();
    }

    @Override
    public void close() {
        synchronized (this) {
            isClosed = true;
            waiting.clear();
            notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
