package callgate.machine.hart;

/**
 * Asks the real supervisor with the hart outside its guarded section, so that the supervisor may
 * block; see {@link Hart#enter}.
 */
final class OutsideSupervisor implements Supervisor {
    private final Supervisor inner;

    OutsideSupervisor(Supervisor inner) {
        this.inner = inner;
    }

    @Override
    public boolean ecall(Hart hart) {
        hart.leave();
        try {
            return inner.ecall(hart);
        } finally {
            hart.enter();
        }
    }

    @Override
    public boolean pageFault(Hart hart, long address, Access access) {
        hart.leave();
        try {
            return inner.pageFault(hart, address, access);
        } finally {
            hart.enter();
        }
    }

    @Override
    public int fetch(Hart hart, long guestPage) {
        hart.leave();
        try {
            return inner.fetch(hart, guestPage);
        } finally {
            hart.enter();
        }
    }

    @Override
    public void fenceInstruction(Hart hart) {
        hart.leave();
        try {
            inner.fenceInstruction(hart);
        } finally {
            hart.enter();
        }
    }

    @Override
    public long time(Hart hart) {
        return inner.time(hart);
    }
}
