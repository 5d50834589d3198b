package callgate.kernel.tty;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.abi.Signals;
import callgate.kernel.mm.HeapBuffer;
import callgate.kernel.mm.UserMemory;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.Credentials;

/** The ioctls of terminals (tty_ioctl(4)); numbers as in asm-generic/ioctls.h. */
final class TtyIoctls {
    private static final int TCGETS = 0x5401;
    private static final int TCSETS = 0x5402;
    private static final int TCSETSW = 0x5403;
    private static final int TCSETSF = 0x5404;
    private static final int TCSBRK = 0x5409;
    private static final int TCXONC = 0x540a;
    private static final int TCFLSH = 0x540b;
    private static final int TIOCEXCL = 0x540c;
    private static final int TIOCNXCL = 0x540d;
    private static final int TIOCSCTTY = 0x540e;
    private static final int TIOCGPGRP = 0x540f;
    private static final int TIOCSPGRP = 0x5410;
    private static final int TIOCOUTQ = 0x5411;
    private static final int TIOCSTI = 0x5412;
    private static final int TIOCGWINSZ = 0x5413;
    private static final int TIOCSWINSZ = 0x5414;
    private static final int TIOCINQ = 0x541b;
    private static final int TIOCPKT = 0x5420;
    private static final int TIOCNOTTY = 0x5422;
    private static final int TIOCSETD = 0x5423;
    private static final int TIOCGETD = 0x5424;
    private static final int TCSBRKP = 0x5425;
    private static final int TIOCGSID = 0x5429;
    private static final int TIOCGPTPEER = 0x5441;
    private static final int TCGETS2 = 0x802c542a;
    private static final int TCSETS2 = 0x402c542b;
    private static final int TCSETSW2 = 0x402c542c;
    private static final int TCSETSF2 = 0x402c542d;
    private static final int TIOCGPTN = 0x80045430;
    private static final int TIOCSPTLCK = 0x40045431;
    private static final int TIOCGDEV = 0x80045432;
    private static final int TIOCSIG = 0x40045436;
    private static final int TIOCGPKT = 0x80045438;
    private static final int TIOCGPTLCK = 0x80045439;

    private TtyIoctls() {}

    static long slave(TtyFile file, Caller caller, int request, long argument) {
        Tty tty = file.tty();
        UserMemory memory = caller.memory();
        return switch (request) {
            case TCSETS,
                    TCSETSW,
                    TCSETSF,
                    TCSETS2,
                    TCSETSW2,
                    TCSETSF2,
                    TCXONC,
                    TCFLSH,
                    TCSBRK,
                    TCSBRKP,
                    TIOCSPGRP,
                    TIOCSETD -> {
                long allowed = file.mayChange(caller);
                yield allowed != 0 ? allowed : change(tty, caller, request, argument);
            }
            case TIOCSCTTY -> acquire(tty, caller, argument);
            case TIOCNOTTY -> giveUp(tty, caller);
            case TIOCGPGRP -> {
                if (caller.terminal() != tty) {
                    yield -Errno.ENOTTY;
                }
                memory.writeInt(argument, tty.foregroundGroup());
                yield 0;
            }
            case TIOCGSID -> {
                if (caller.terminal() != tty) {
                    yield -Errno.ENOTTY;
                }
                memory.writeInt(argument, tty.session());
                yield 0;
            }
            case TIOCINQ -> {
                memory.writeInt(argument, tty.waiting());
                yield 0;
            }
            case TIOCOUTQ -> {
                memory.writeInt(argument, 0); // what is written is at the master at once
                yield 0;
            }
            case TIOCSTI -> type(tty, caller, argument);
            default -> common(tty, caller, request, argument);
        };
    }

    static long master(PtyMaster file, Caller caller, int request, long argument) {
        Tty tty = file.tty();
        UserMemory memory = caller.memory();
        return switch (request) {
            case TIOCGPTN -> {
                memory.writeInt(argument, tty.index());
                yield 0;
            }
            case TIOCSPTLCK -> {
                tty.setLocked(memory.readInt(argument) != 0);
                yield 0;
            }
            case TIOCGPTLCK -> {
                memory.writeInt(argument, tty.isLocked() ? 1 : 0);
                yield 0;
            }
            case TIOCGPTPEER -> openPeer(file, caller, argument);
            case TIOCPKT -> {
                file.setPackets(memory.readInt(argument) != 0);
                yield 0;
            }
            case TIOCGPKT -> {
                memory.writeInt(argument, file.packets() ? 1 : 0);
                yield 0;
            }
            case TIOCSIG -> signalForeground(tty, (int) argument);
            case TIOCGPGRP -> {
                memory.writeInt(argument, tty.foregroundGroup());
                yield 0;
            }
            case TIOCGSID -> {
                if (tty.session() == 0) {
                    yield -Errno.ENOTTY;
                }
                memory.writeInt(argument, tty.session());
                yield 0;
            }
            case TIOCINQ -> {
                memory.writeInt(argument, tty.shown());
                yield 0;
            }
            case TIOCOUTQ -> {
                memory.writeInt(argument, tty.waiting());
                yield 0;
            }
            case TCSETS,
                    TCSETSW,
                    TCSETSF,
                    TCSETS2,
                    TCSETSW2,
                    TCSETSF2,
                    TCXONC,
                    TCFLSH,
                    TCSBRK,
                    TCSBRKP,
                    TIOCSPGRP ->
                    change(tty, caller, request, argument);
            default -> common(tty, caller, request, argument);
        };
    }

    private static long common(Tty tty, Caller caller, int request, long argument) {
        UserMemory memory = caller.memory();
        switch (request) {
            case TCGETS -> tty.termios().write(memory, argument);
            case TCGETS2 -> tty.termios().write2(memory, argument);
            case TIOCGWINSZ -> tty.size().write(memory, argument);
            case TIOCSWINSZ -> tty.resize(WindowSize.read(memory, argument));
            case TIOCGETD -> memory.writeInt(argument, 0);
            case TIOCGDEV -> memory.writeInt(argument, (int) tty.device());
            case TIOCEXCL -> tty.setExclusive(true);
            case TIOCNXCL -> tty.setExclusive(false);
            default -> {
                return -Errno.ENOTTY;
            }
        }
        return 0;
    }

    private static long change(Tty tty, Caller caller, int request, long argument) {
        UserMemory memory = caller.memory();
        switch (request) {
            case TCSETS, TCSETSW -> tty.setTermios(Termios.read(memory, argument, tty.termios()));
            case TCSETS2, TCSETSW2 ->
                    tty.setTermios(Termios.read2(memory, argument, tty.termios()));
            case TCSETSF -> {
                Termios settings = Termios.read(memory, argument, tty.termios());
                tty.flush(true, false);
                tty.setTermios(settings);
            }
            case TCSETSF2 -> {
                Termios settings = Termios.read2(memory, argument, tty.termios());
                tty.flush(true, false);
                tty.setTermios(settings);
            }
            case TCXONC -> {
                return flowControl(tty, argument);
            }
            case TCFLSH -> {
                if (argument < 0 || argument > 2) {
                    return -Errno.EINVAL;
                }
                tty.flush(argument != 1, argument != 0);
            }
            case TIOCSPGRP -> {
                return setForeground(tty, caller, memory.readInt(argument));
            }
            case TIOCSETD -> {
                return memory.readInt(argument) == 0 ? 0 : -Errno.EINVAL;
            }
            default -> {} // breaks have no meaning on a pseudo-terminal
        }
        return 0;
    }

    private static long flowControl(Tty tty, long action) {
        if (action < 0 || action > 3) {
            return -Errno.EINVAL;
        }
        if (action < 2) { // TCOOFF 0, TCOON 1; TCIOFF and TCION would send a character to the other
            // side
            tty.setStopped(action == 0);
        }
        return 0;
    }

    private static long setForeground(Tty tty, Caller caller, int group) {
        if (caller.terminal() != tty || tty.session() != caller.sessionId()) {
            return -Errno.ENOTTY;
        }
        if (group < 0) {
            return -Errno.EINVAL;
        }
        int session = tty.jobs().sessionOfGroup(group);
        if (session == 0) {
            return -Errno.ESRCH;
        }
        if (session != caller.sessionId()) {
            return -Errno.EPERM;
        }
        tty.setForegroundGroup(group);
        return 0;
    }

    private static long acquire(Tty tty, Caller caller, long force) {
        boolean leader = caller.sessionId() == caller.processId();
        if (leader && tty.session() == caller.sessionId()) {
            return 0;
        }
        if (!leader || caller.terminal() != null) {
            return -Errno.EPERM;
        }
        if (tty.session() != 0) {
            if (force != 1 || !caller.credentials().has(Credentials.CAP_SYS_ADMIN)) {
                return -Errno.EPERM;
            }
            tty.sessionEnded(tty.session());
        }
        return become(tty, caller) ? 0 : -Errno.EPERM;
    }

    /** Makes the terminal the controlling one of a session leader that has none. */
    static boolean become(Tty tty, Caller caller) {
        boolean acquired = tty.acquire(caller.sessionId(), caller.groupId());
        if (acquired) {
            caller.setTerminal(tty);
        }
        return acquired;
    }

    private static long giveUp(Tty tty, Caller caller) {
        if (caller.terminal() != tty) {
            return -Errno.ENOTTY;
        }
        caller.setTerminal(null);
        if (caller.sessionId() == caller.processId()) {
            tty.sessionEnded(caller.sessionId());
        }
        return 0;
    }

    private static long type(Tty tty, Caller caller, long argument) {
        if (caller.terminal() != tty && !caller.credentials().has(Credentials.CAP_SYS_ADMIN)) {
            return -Errno.EPERM;
        }
        tty.tryType(new HeapBuffer(new byte[] {caller.memory().readByte(argument)}));
        return 0;
    }

    private static long signalForeground(Tty tty, int signal) {
        if (signal < 1 || signal > Signals.SIGRTMAX) {
            return -Errno.EINVAL;
        }
        int group = tty.foregroundGroup();
        if (group != 0) {
            tty.jobs().signalGroup(group, signal);
        }
        return 0;
    }

    private static long openPeer(PtyMaster master, Caller caller, long flags) {
        int allowed =
                OpenFlags.O_ACCMODE
                        | OpenFlags.O_NOCTTY
                        | OpenFlags.O_NONBLOCK
                        | OpenFlags.O_CLOEXEC;
        if ((flags & ~allowed) != 0) {
            return -Errno.EINVAL;
        }
        return master.driver().openPeer(caller, master.tty(), (int) flags);
    }
}
