package callgate.kernel.task;

import java.util.LinkedHashSet;
import java.util.Set;

/** A job: processes that a terminal's keys reach together. Guarded by the task table. */
final class ProcessGroup {
    final int id;
    final Session session;
    final Set<Process> members = new LinkedHashSet<>();

    ProcessGroup(int id, Session session) {
        this.id = id;
        this.session = session;
    }

    /**
     * Whether no member has a parent in another group of the session, who could continue it:
     * POSIX's orphaned process group.
     */
    boolean isOrphaned() {
        for (Process member : members) {
            if (member.isLive() && keepsFromBeingOrphaned(member.parent)) {
                return false;
            }
        }
        return true;
    }

    private boolean keepsFromBeingOrphaned(Process parent) {
        return parent != null
                && parent.group != this
                && parent.group.session == session
                && !parent.isInit();
    }

    /** Whether a member is stopped. */
    boolean hasStopped() {
        for (Process member : members) {
            if (member.isStopped()) {
                return true;
            }
        }
        return false;
    }
}
