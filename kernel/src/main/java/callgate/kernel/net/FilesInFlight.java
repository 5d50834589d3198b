package callgate.kernel.net;

import callgate.kernel.vfs.OpenFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The open files that are in messages nobody has received. Sockets among them can form cycles that
 * no program reaches any more, each in a queue of another; those are found and their messages
 * dropped whenever a UNIX-domain socket closes. Thread-safe.
 *
 * <p>Looking happens without stopping anybody: every message that leaves a queue is counted before
 * it does, and if the count has changed by the end of the search, nothing is done this time.
 */
final class FilesInFlight {
    /** Files in flight there may be in a kernel. */
    static final int LIMIT = 1 << 16;

    /** How many references to each socket are in flight; guarded by this. */
    private final Map<Socket, Integer> sockets = new IdentityHashMap<>();

    // guarded by this
    private int total;
    private long changes;

    private final AtomicBoolean collecting = new AtomicBoolean();

    synchronized boolean isFull() {
        return total >= LIMIT;
    }

    /** A message has come into a queue. */
    void sent(Ancillary ancillary) {
        if (ancillary != null && ancillary.files().length > 0) {
            count(ancillary, 1);
        }
    }

    /** A message is about to leave a queue, whose lock is held. */
    void leaving(Ancillary ancillary) {
        if (ancillary != null && ancillary.files().length > 0) {
            count(ancillary, -1);
        }
    }

    private synchronized void count(Ancillary ancillary, int delta) {
        changes++;
        total += delta * ancillary.files().length;
        for (OpenFile file : ancillary.files()) {
            if (file instanceof Socket socket) {
                sockets.merge(socket, delta, (old, more) -> old + more == 0 ? null : old + more);
            }
        }
    }

    /** Drops messages that nobody can receive any more. */
    void collect() {
        if (!hasSockets() || !collecting.compareAndSet(false, true)) {
            return;
        }
        try {
            for (Socket socket : unreachable()) {
                socket.dropFilesInFlight();
            }
        } finally {
            collecting.set(false);
        }
    }

    private synchronized boolean hasSockets() {
        return !sockets.isEmpty();
    }

    private Set<Socket> unreachable() {
        Map<Socket, Integer> counts;
        long before;
        synchronized (this) {
            counts = new IdentityHashMap<>(sockets);
            before = changes;
        }
        Set<Socket> candidates = new HashSet<>(); // sockets have no equals of their own
        List<Socket> reachable = new ArrayList<>();
        for (Map.Entry<Socket, Integer> entry : counts.entrySet()) {
            boolean onlyInFlight = entry.getKey().references() <= entry.getValue();
            if (onlyInFlight) {
                candidates.add(entry.getKey());
            } else {
                reachable.add(entry.getKey());
            }
        }
        Map<Socket, Integer> fromOutside = new IdentityHashMap<>();
        candidates.forEach(socket -> fromOutside.put(socket, counts.get(socket)));
        for (Socket socket : candidates) {
            for (Socket inside : socketsIn(socket)) {
                fromOutside.computeIfPresent(inside, (key, count) -> count - 1);
            }
        }
        candidates.stream().filter(socket -> fromOutside.get(socket) > 0).forEach(reachable::add);
        while (!reachable.isEmpty()) {
            Socket socket = reachable.removeLast();
            candidates.remove(socket);
            for (Socket inside : socketsIn(socket)) {
                if (candidates.remove(inside)) {
                    reachable.add(inside);
                }
            }
        }
        synchronized (this) {
            return changes == before ? candidates : Set.of();
        }
    }

    private static List<Socket> socketsIn(Socket socket) {
        List<Socket> found = new ArrayList<>();
        for (Ancillary ancillary : socket.filesInFlight()) {
            for (OpenFile file : ancillary.files()) {
                if (file instanceof Socket inside) {
                    found.add(inside);
                }
            }
        }
        return found;
    }
}
