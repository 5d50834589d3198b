package callgate.kernel.ipc;

import java.util.List;
import java.util.function.Function;

/**
 * Keeps epolls that watch epolls from forming rings and long chains. One per kernel; its monitor is held while such a watch is added, so
 * that two additions cannot make a ring together.
 */
final class EpollNesting {
    /** Whether {@code outer} may watch {@code inner}. Called with the monitor held. */
    boolean allows(Epoll outer, Epoll inner) {
        int above = chain(outer, inner, Epoll::outer, Epoll.MAX_CHAIN);
        int below = chain(inner, outer, Epoll::inner, Epoll.MAX_CHAIN);
        return above > 0 && below > 0 && above + below <= Epoll.MAX_CHAIN;
    }

    /** How many epolls the longest chain from {@code epoll} on has; -1 if more than {@code limit}, or if {@code forbidden} is among them. */
    private static int chain(Epoll epoll, Epoll forbidden, Function<Epoll, List<Epoll>> neighbours, int limit) {
        if (epoll == forbidden || limit == 0) {
            return -1;
        }
        int longest = 0;
        for (Epoll next : neighbours.apply(epoll)) {
            int length = chain(next, forbidden, neighbours, limit - 1);
            if (length < 0) {
                return -1;
            }
            longest = Math.max(longest, length);
        }
        return longest + 1;
    }
}
