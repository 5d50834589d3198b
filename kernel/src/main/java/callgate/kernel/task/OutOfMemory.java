package callgate.kernel.task;

import callgate.kernel.abi.Signals;

/** Physmem is exhausted and a page is needed now: a process must end. */
final class OutOfMemory {
    private OutOfMemory() {}

    /** Ends the process that uses most, and lets the caller try again if it is another one. */
    static void kill(Task asking) {
        Process victim = largest(asking);
        asking.services()
                .log()
                .accept(
                        "out of memory (--memory): killed "
                                + victim
                                + ", "
                                + (victim.residentBytes() >> 20)
                                + " MiB resident");
        Signalling.end(victim, Signals.SIGKILL);
        if (victim != asking.process()) {
            asking.services()
                    .scheduler()
                    .yield(); // the access is tried again; by then the victim's memory may be free
        }
    }

    private static Process largest(Task asking) {
        Process largest = asking.process();
        for (Process process : asking.process().table().processes()) {
            if (process.isLive()
                    && !process.isExiting()
                    && process.residentBytes() > largest.residentBytes()) {
                largest = process;
            }
        }
        return largest;
    }
}
