package callgate.kernel.task;

import static org.assertj.core.api.Assertions.assertThat;

import callgate.kernel.abi.Errno;
import callgate.kernel.vfs.HeapBudget;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TaskTableTest {
    private final TaskTable table = new TaskTable(10, new HeapBudget(1 << 20));

    private Process process(Process parent) {
        Process process =
                new Process(
                        table.allocate(), table, null, new SignalHandlers(), Limits.initial(10), 0);
        table.add(process, parent);
        return process;
    }

    @Test
    void numbersAreNotUsedAgainAtOnceAndTheLimitHolds() {
        Set<Integer> numbers = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            int number = table.allocate();
            assertThat(numbers.add(number)).isTrue();
            table.free(number);
        }
        for (int i = 0; i < 10; i++) {
            assertThat(table.allocate()).isPositive();
        }
        assertThat(table.allocate()).isEqualTo(-Errno.EAGAIN);
        assertThat(table.peak()).isEqualTo(10);
    }

    @Test
    void numbersWrapAndAvoidThoseInUse() {
        int kept = table.allocate();
        Process process =
                new Process(kept, table, null, new SignalHandlers(), Limits.initial(10), 0);
        table.add(process, table.init());
        for (int i = 0; i < 2 * TaskTable.NUMBER_LIMIT; i++) {
            int number = table.allocate();
            assertThat(number).isNotEqualTo(kept).isBetween(2, TaskTable.NUMBER_LIMIT - 1);
            table.free(number);
        }
    }

    @Test
    void aGroupLeaderCannotMakeASession() {
        Process leader = process(table.init());
        assertThat(table.newSession(leader)).isEqualTo(leader.pid());
        assertThat(table.newSession(leader)).isEqualTo(-Errno.EPERM);
        Process child = process(leader);
        assertThat(child.sessionId()).isEqualTo(leader.pid());
        assertThat(table.newSession(child)).isEqualTo(child.pid());
    }

    @Test
    void groupsStayInsideTheirSession() {
        Process shell = process(table.init());
        table.newSession(shell);
        Process job = process(shell);
        assertThat(table.setGroup(shell, job.pid(), 0)).isZero();
        assertThat(job.groupId()).isEqualTo(job.pid());
        Process second = process(shell);
        assertThat(table.setGroup(shell, second.pid(), job.pid())).isZero();
        assertThat(table.setGroup(shell, second.pid(), 9999)).isEqualTo(-Errno.EPERM);
        assertThat(table.setGroup(shell, 9999, 0)).isEqualTo(-Errno.ESRCH);
        assertThat(table.setGroup(shell, second.pid(), -1)).isEqualTo(-Errno.EINVAL);
        assertThat(table.setGroup(shell, 0, 0)).isEqualTo(-Errno.EPERM); // a session leader stays
        second.hasExecuted = true;
        assertThat(table.setGroup(shell, second.pid(), 0)).isEqualTo(-Errno.EACCES);
        assertThat(table.sessionOfGroup(job.pid())).isEqualTo(shell.pid());
        assertThat(table.group(job.pid())).containsExactly(job, second);
    }

    @Test
    void aGroupIsOrphanedWithoutAParentInItsSession() {
        Process shell = process(table.init());
        table.newSession(shell);
        Process job = process(shell);
        table.setGroup(shell, job.pid(), 0);
        assertThat(table.isOrphaned(shell)).isTrue();
        assertThat(table.isOrphaned(job)).isFalse();
        table.ended(shell);
        assertThat(table.isOrphaned(job)).isTrue();
        assertThat(job.parentPid()).isEqualTo(1);
    }

    @Test
    void orphansGoToTheNearestSubreaper() {
        Process reaper = process(table.init());
        reaper.isSubreaper = true;
        Process middle = process(reaper);
        Process grandchild = process(middle);
        table.ended(middle);
        assertThat(grandchild.parentPid()).isEqualTo(reaper.pid());
        table.ended(reaper);
        assertThat(grandchild.parentPid()).isEqualTo(1);
    }

    @Test
    void aChildWhoseParentIgnoresSigchldLeavesNoZombie() {
        Process parent = process(table.init());
        Process child = process(parent);
        child.exitSignal = callgate.kernel.abi.Signals.SIGCHLD;
        parent.handlers.set(
                callgate.kernel.abi.Signals.SIGCHLD, new SignalAction(SignalAction.SIG_IGN, 0, 0));
        table.ended(child);
        assertThat(table.process(child.pid())).isNull();
        assertThat(table.count()).isEqualTo(1);
    }
}
