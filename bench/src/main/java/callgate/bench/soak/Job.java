package callgate.bench.soak;

import callgate.Sandbox;

/**
 * One thing to do in a sandbox.
 *
 * @param sandbox settings of a sandbox for it alone
 * @param shared whether the sandbox that lives all the time may do it, too: it leaves nothing
 *     behind, and needs no limits of its own
 * @param work does it, and says what went wrong, or null
 */
record Job(String name, Maker sandbox, boolean shared, Work work) {
    /** Settings of a sandbox, from those that all have in common. */
    interface Maker {
        Sandbox.Builder settings(String image);
    }

    /** What is done in it. */
    interface Work {
        String run(Sandbox sandbox) throws InterruptedException;
    }
}
