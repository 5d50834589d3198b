/**
 * Instructions: one annotated method each ({@link callgate.machine.isa.Insn}), and what is derived
 * from them: decoder and disassembler. Compressed instructions expand into 32-bit ones and have no
 * meaning of their own.
 */
package callgate.machine.isa;
