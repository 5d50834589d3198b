package callgate.machine.jit;

import static java.lang.constant.ConstantDescs.CD_int;

import callgate.machine.isa.Op;
import callgate.machine.isa.Operand;
import java.lang.classfile.CodeBuilder;

/**
 * Emits the CSR instructions on {@code fflags}, {@code frm} and {@code fcsr}, which cannot fault. C
 * programs have them around comparisons of floating-point numbers, in the midst of calculations.
 */
final class FloatStateEmitter {
    private static final int FFLAGS = 0x001;
    private static final int FRM = 0x002;
    private static final int FCSR = 0x003;
    private static final int FLAGS = 0x1f;
    private static final int FLAG_BITS = 5;
    private static final int MODES = 7;

    private final CodeBuilder code;
    private final Locals locals;

    FloatStateEmitter(CodeBuilder code, Locals locals) {
        this.code = code;
        this.locals = locals;
    }

    /** True if the instruction reads or writes one of the three registers, and no other. */
    static boolean isFloatState(Step step) {
        return step.meaning().operands.contains(Operand.CSR)
                && step.instruction().csr() >= FFLAGS
                && step.instruction().csr() <= FCSR;
    }

    /** True if the rounding mode may be another after it. */
    static boolean writesRounding(Step step) {
        return step.instruction().csr() != FFLAGS && writes(step);
    }

    /** Setting or clearing no bits does not write; the field of rs1 is that of a constant too. */
    private static boolean writes(Step step) {
        return step.op() == Op.CSRRW || step.op() == Op.CSRRWI || step.rs1() != 0;
    }

    void emit(Step step) {
        int csr = step.instruction().csr();
        int value = locals.firstTemporary();
        int old = value + 1;
        pushOperand(step);
        code.istore(value);
        pushOld(csr);
        code.istore(old);
        if (step.writes() != 0) {
            code.iload(old).i2l();
            locals.store(code, step.writes());
        }
        if (!writes(step)) {
            return;
        }
        switch (step.op()) {
            case CSRRS, CSRRSI -> code.iload(old).iload(value).ior().istore(value);
            case CSRRC, CSRRCI ->
                    code.iload(value).iconst_m1().ixor().iload(old).iand().istore(value);
            default -> {}
        }
        if (csr != FRM) {
            code.aload(Locals.HART).iload(value).loadConstant(FLAGS).iand();
            code.putfield(Locals.CD_HART, "fflags", CD_int);
        }
        if (csr != FFLAGS) {
            code.aload(Locals.HART).iload(value);
            if (csr == FCSR) {
                code.loadConstant(FLAG_BITS).ishr();
            }
            code.loadConstant(MODES).iand().putfield(Locals.CD_HART, "frm", CD_int);
        }
    }

    private void pushOperand(Step step) {
        if (step.meaning().operands.contains(Operand.UIMM)) {
            code.loadConstant((int) step.constant(Operand.UIMM));
        } else {
            locals.push(code, step.register(Operand.RS1));
            code.l2i();
        }
    }

    private void pushOld(int csr) {
        if (csr != FFLAGS) {
            code.aload(Locals.HART).getfield(Locals.CD_HART, "frm", CD_int);
        }
        if (csr == FCSR) {
            code.loadConstant(FLAG_BITS).ishl();
        }
        if (csr != FRM) {
            code.aload(Locals.HART).getfield(Locals.CD_HART, "fflags", CD_int);
        }
        if (csr == FCSR) {
            code.ior();
        }
    }
}
