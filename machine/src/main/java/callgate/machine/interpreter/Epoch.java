package callgate.machine.interpreter;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One state of an address space's code: a new one begins whenever known code goes away. Compared by
 * identity. Thread-safe.
 */
final class Epoch {
    /** Of what is right in every state. */
    static final Epoch ALWAYS = new Epoch(null);

    /** The address space whose state this is. */
    final GuestCode space;

    /** Regions of translated code that were found to be valid in this state, and not to be. */
    final Set<CodeRegion> valid = ConcurrentHashMap.newKeySet();

    final Set<CodeRegion> refused = ConcurrentHashMap.newKeySet();

    /** True when another state has begun. */
    volatile boolean isOver;

    Epoch(GuestCode space) {
        this.space = space;
    }
}
