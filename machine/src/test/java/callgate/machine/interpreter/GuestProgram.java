package callgate.machine.interpreter;

import callgate.machine.MiniSupervisor;
import callgate.machine.hart.Cause;
import callgate.machine.hart.Hart;
import callgate.machine.hart.Tier;
import callgate.machine.isa.Op;
import callgate.machine.memory.PhysMem;

/**
 * A machine with one address space, code at {@link #CODE} and memory at {@link #DATA}, for tests of
 * single instructions.
 */
final class GuestProgram implements AutoCloseable {
    static final long CODE = 0x10_0000;
    static final long DATA = 0x20_0000;

    static final int ZERO = 0;
    static final int A0 = 10;
    static final int A1 = 11;
    static final int A2 = 12;

    final MiniSupervisor supervisor = new MiniSupervisor(16L << 20);
    final Engine engine;
    final Hart hart;

    GuestProgram(Tier tier, HotCode hotCode) {
        engine = new Engine(supervisor.memory, tier, hotCode);
        supervisor.makeExecutable(CODE, 4L * PhysMem.PAGE_SIZE);
        hart = supervisor.newHart(CODE);
        hart.code = engine.newCodeSpace();
    }

    /** Interpreted code. */
    static GuestProgram of(int... encodings) {
        GuestProgram program = new GuestProgram(Tier.INTERPRET, HotCode.NONE);
        program.write(CODE, encodings);
        return program;
    }

    GuestCode space() {
        return (GuestCode) hart.code;
    }

    void write(long address, int... encodings) {
        supervisor.writeInts(address, encodings);
    }

    Cause run() {
        return engine.run(hart);
    }

    Cause runFrom(long pc) {
        hart.pc = pc;
        return run();
    }

    // ---- encodings ----

    static int addi(int rd, int rs1, int imm) {
        return Op.ADDI.match() | rd << 7 | rs1 << 15 | imm << 20;
    }

    static int li(int rd, int value) {
        return addi(rd, ZERO, value);
    }

    static int load(Op op, int rd, int rs1, int imm) {
        return op.match() | rd << 7 | rs1 << 15 | imm << 20;
    }

    static int store(Op op, int rs2, int rs1, int imm) {
        return op.match() | rs1 << 15 | rs2 << 20 | (imm & 31) << 7 | imm >> 5 << 25;
    }

    static int register(Op op, int rd, int rs1, int rs2) {
        return op.match() | rd << 7 | rs1 << 15 | rs2 << 20;
    }

    static int jalr(int rd, int rs1) {
        return Op.JALR.match() | rd << 7 | rs1 << 15;
    }

    /** A jump by an offset below 2 KiB. */
    static int jump(int offset) {
        return Op.JAL.match()
                | (offset >> 20 & 1) << 31
                | (offset >> 1 & 0x3ff) << 21
                | (offset >> 11 & 1) << 20
                | (offset >> 12 & 0xff) << 12;
    }

    static int ebreak() {
        return Op.EBREAK.match();
    }

    @Override
    public void close() {
        hart.code.close();
        supervisor.close();
    }
}
