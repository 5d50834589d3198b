package callgate.machine.isa;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The one definition of an instruction, on a static method that is its meaning. Decoder, disassembler, interpreter and translator
 * are derived from it.
 *
 * <p>Parameter names bind operands: {@code rs1}, {@code rs2} (long: integer registers), {@code fs1}, {@code fs2}, {@code fs3}
 * (long: raw floating-point registers), {@code imm} (long: the immediate of the instruction's format, sign-extended as the format
 * says), {@code shamt} (int), {@code pc} (long), {@code rm} (int: rounding mode field), {@code csr} (int), {@code uimm} (long),
 * {@code raw} (int: the encoding), {@code hart} (the {@link callgate.machine.hart.Hart}). The result: {@code long} goes to {@code rd}
 * (or, where {@link #asm} names {@code fd}, to the floating-point register), {@code boolean} is "branch taken", {@code void} is an effect.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Insn {
    /** The 32 bits, most significant first, {@code .} for a bit that varies; spaces are ignored. */
    String bits();

    /** Assembler syntax as objdump writes it, with operand names: {@code "addi rd, rs1, imm"}. */
    String asm();
}
