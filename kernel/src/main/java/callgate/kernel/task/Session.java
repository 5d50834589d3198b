package callgate.kernel.task;

import callgate.kernel.vfs.ControllingTerminal;

/** A login: process groups that may share a controlling terminal. */
final class Session {
    final int id;

    /** Null if it has none. */
    volatile ControllingTerminal terminal;

    Session(int id) {
        this.id = id;
    }
}
