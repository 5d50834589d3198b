package callgate.kernel.ipc;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;

/**
 * Keeps epolls that watch epolls from forming rings and long chains. One per kernel; its monitor is
 * held while such a watch is added, so that two additions cannot make a ring together.
 */
final class EpollNesting {
    /** Whether {@code outer} may watch {@code inner}. Called with the monitor held. */
    boolean allows(Epoll outer, Epoll inner) {
        int above = chain(outer, inner, Epoll::outer, Epoll.MAX_CHAIN);
        int below = chain(inner, outer, Epoll::inner, Epoll.MAX_CHAIN);
        return above > 0 && below > 0 && above + below <= Epoll.MAX_CHAIN;
    }

    /**
     * How many epolls the longest chain from {@code epoll} on has; -1 if more than {@code limit},
     * or if {@code forbidden} is among them. Goes level by level: there may be as many paths as the
     * product of the levels, and only their length matters.
     */
    private static int chain(
            Epoll epoll, Epoll forbidden, Function<Epoll, Set<Epoll>> neighbours, int limit) {
        Set<Epoll> level = Set.of(epoll);
        for (int length = 0; length <= limit; length++) {
            if (level.isEmpty()) {
                return length;
            }
            if (level.contains(forbidden)) {
                return -1;
            }
            Set<Epoll> next = new HashSet<>();
            for (Epoll each : level) {
                next.addAll(neighbours.apply(each));
            }
            level = next;
        }
        return -1;
    }
}
