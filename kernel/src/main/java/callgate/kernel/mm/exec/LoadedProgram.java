package callgate.kernel.mm.exec;

import callgate.kernel.mm.AddressSpace;

/**
 * A program ready to run.
 *
 * @param space its memory; no hart is attached yet
 * @param entry where its first instruction is: the interpreter's, if there is one
 * @param stackPointer where {@code argc} stands
 * @param file the ELF file itself (not a script), with a reference for the caller: /proc/PID/exe
 * @param path the path of {@code file} as it was looked up, whose last part becomes the task's name
 */
public record LoadedProgram(
        AddressSpace space, long entry, long stackPointer, ExecutableFile file, String path) {}
