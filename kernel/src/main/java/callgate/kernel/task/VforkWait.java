package callgate.kernel.task;

/** A parent that waits in vfork until its child runs another program or ends. */
final class VforkWait {
    private final Task parent;
    private volatile boolean done;

    VforkWait(Task parent) {
        this.parent = parent;
    }

    /** By the child. */
    void finish() {
        done = true;
        parent.waiter().wake();
    }

    /** By the parent: waits; only its own end interrupts it. */
    void await() {
        while (true) {
            parent.waiter().prepare();
            if (done || parent.isKilled()) {
                return;
            }
            parent.waiter().awaitUninterruptibly();
        }
    }
}
