package callgate.machine.isa;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The one definition of an instruction, on a static method that is its meaning. Decoder,
 * disassembler, interpreter and translator are derived from it.
 *
 * <p>Parameter names bind operands: {@code rs1}, {@code rs2} (long: integer registers), {@code
 * fs1}, {@code fs2}, {@code fs3} (long: raw floating-point registers), {@code imm} (long: the
 * immediate of the instruction's format, sign-extended as the format says), {@code shamt} (int),
 * {@code pc} (long: of the instruction), {@code next} (long: {@code pc} plus the instruction's
 * length), {@code rm} (int: rounding mode field), {@code csr} (int), {@code uimm} (long), {@code
 * raw} (int: the encoding), {@code hart} (the {@link callgate.machine.hart.Hart}). The result:
 * {@code long} goes to {@code rd} (or, where {@link #asm} names {@code fd}, to the floating-point
 * register), {@code boolean} is "branch taken", {@code void} is an effect.
 *
 * <p>A method may throw {@link callgate.machine.hart.GuestFault}; it then has changed nothing that
 * the guest can see, and the engine sets {@code hart.pc}. Operands are evaluated before the result
 * is written, so that {@code rd} may be one of the sources.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Insn {
    /** The 32 bits, most significant first, {@code .} for a bit that varies; spaces are ignored. */
    String bits();

    /** Assembler syntax as objdump writes it, with operand names: {@code "addi rd, rs1, imm"}. */
    String asm();

    /**
     * For an instruction that transfers control: the method of the same class that computes where
     * to, from operands bound in the same way. It is evaluated before {@code rd} is written. Empty
     * for all others.
     */
    String target() default "";
}
