package callgate.kernel.sys;

import callgate.kernel.abi.Errno;
import callgate.kernel.task.Task;
import callgate.kernel.vfs.Credentials;

/** The rules for changing numbers of users and of groups, which are the same: setresuid(2). */
enum IdKind {
    USERS {
        @Override
        Four of(Credentials who) {
            return new Four(who.uid(), who.euid(), who.suid(), who.fsuid());
        }

        @Override
        int capability() {
            return Credentials.CAP_SETUID;
        }

        @Override
        long install(Task task, Four numbers) {
            return Ids.setUsers(
                    task, numbers.real, numbers.effective, numbers.saved, numbers.files);
        }
    },
    GROUPS {
        @Override
        Four of(Credentials who) {
            return new Four(who.gid(), who.egid(), who.sgid(), who.fsgid());
        }

        @Override
        int capability() {
            return Credentials.CAP_SETGID;
        }

        @Override
        long install(Task task, Four numbers) {
            return Ids.setGroups(
                    task, numbers.real, numbers.effective, numbers.saved, numbers.files);
        }
    };

    private static final int UNCHANGED = -1;

    /** A task's numbers of a kind: real, effective, saved, and that for files. */
    record Four(int real, int effective, int saved, int files) {
        private boolean isOwn(int id) {
            return id == UNCHANGED || id == real || id == effective || id == saved;
        }
    }

    abstract Four of(Credentials who);

    /** With it a task may take any numbers. */
    abstract int capability();

    abstract long install(Task task, Four numbers);

    final boolean mayTakeAny(Task task) {
        return task.credentials().has(capability());
    }

    /** {@code setuid}, {@code setgid}. */
    final long set(Task task, int id) {
        if (id == UNCHANGED) {
            return -Errno.EINVAL;
        }
        if (mayTakeAny(task)) {
            return install(task, new Four(id, id, id, id));
        }
        Four own = of(task.credentials());
        return id == own.real || id == own.saved
                ? install(task, new Four(own.real, id, own.saved, id))
                : -Errno.EPERM;
    }

    /** {@code setreuid}, {@code setregid}. */
    final long set(Task task, int real, int effective) {
        Four own = of(task.credentials());
        int newReal = real == UNCHANGED ? own.real : real;
        int newEffective = effective == UNCHANGED ? own.effective : effective;
        if (!mayTakeAny(task)) {
            boolean realAllowed = newReal == own.real || newReal == own.effective;
            if (!realAllowed || !own.isOwn(newEffective)) {
                return -Errno.EPERM;
            }
        }
        boolean saves = real != UNCHANGED || effective != UNCHANGED && newEffective != own.real;
        int saved = saves ? newEffective : own.saved;
        return install(task, new Four(newReal, newEffective, saved, newEffective));
    }

    /** {@code setresuid}, {@code setresgid}. */
    final long set(Task task, int real, int effective, int saved) {
        Four own = of(task.credentials());
        boolean allowed = own.isOwn(real) && own.isOwn(effective) && own.isOwn(saved);
        if (!mayTakeAny(task) && !allowed) {
            return -Errno.EPERM;
        }
        int newEffective = effective == UNCHANGED ? own.effective : effective;
        return install(
                task,
                new Four(
                        real == UNCHANGED ? own.real : real,
                        newEffective,
                        saved == UNCHANGED ? own.saved : saved,
                        newEffective));
    }

    /** {@code setfsuid}, {@code setfsgid}: the old number, whether it is allowed or not. */
    final long setForFiles(Task task, int id) {
        Four own = of(task.credentials());
        if (id != UNCHANGED && (mayTakeAny(task) || own.isOwn(id) || id == own.files)) {
            install(task, new Four(own.real, own.effective, own.saved, id));
        }
        return Integer.toUnsignedLong(own.files);
    }
}
