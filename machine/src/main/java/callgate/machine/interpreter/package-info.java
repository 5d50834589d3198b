/**
 * Decoded code and the engine that runs it. {@link callgate.machine.interpreter.Engine} looks up
 * the {@link callgate.machine.interpreter.Block} at a hart's pc in its {@link
 * callgate.machine.interpreter.GuestCode} and runs it by its {@link
 * callgate.machine.interpreter.Translation}, if it has one that is valid there, else by the
 * interpreter, which goes from block to block by their {@link callgate.machine.interpreter.Link}s
 * and returns when something has to be looked at. {@link callgate.machine.interpreter.HotCode} is
 * told what to translate.
 *
 * <p>{@code Interpreter} is generated from the instructions' definitions by {@code
 * InterpreterGenerator} (in the tests), which a test proves up to date. No method of it may reach
 * 8000 bytes of bytecode: beyond that the JVM's compilers leave a method alone.
 *
 * <p>Blocks are decoded from a copy of the page, {@link callgate.machine.interpreter.CodePage},
 * which all address spaces share that have the same frame at the same address with the same bytes.
 * So {@code fence.i} is a comparison of copies with frames, and a frame that was freed and used
 * anew is never taken for what it was.
 *
 * <p>Lock order: the kernel's address space, then {@code GuestCode}, then {@code CodeCache} (a
 * leaf). The supervisor is called with no lock held.
 */
package callgate.machine.interpreter;
