package callgate.kernel.mm.exec;

import static callgate.kernel.mm.exec.AuxiliaryVector.*;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mman;
import callgate.kernel.mm.AddressSpace;
import callgate.kernel.mm.FramePool;
import callgate.kernel.mm.Layout;
import callgate.kernel.wait.Entropy;
import callgate.machine.hart.CodeSpace;
import callgate.machine.memory.PageTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Loads programs: from a file, arguments and environment to an address space and a first program
 * counter. Thread-safe; one a kernel.
 *
 * <p>Errors are {@link ErrnoException}s: ENOEXEC (no riscv64 program), EINVAL and ENOMEM
 * (impossible segments, no room), ELIBBAD (the interpreter is no riscv64 program), E2BIG, ELOOP
 * (scripts of scripts), and what opening an interpreter gives.
 */
public final class Loader {
    /** Finds interpreters of ELF files and scripts on behalf of the caller. */
    @FunctionalInterface
    public interface Opener {
        /**
         * Opens a file for execution; throws ENOENT, EACCES and the like. The caller gets a
         * reference.
         */
        ExecutableFile open(String path);
    }

    /** HWCAP bits of I, M, A, F, D and C: bit n stands for letter n of the alphabet. */
    public static final long HARDWARE_CAPABILITIES =
            bit('I') | bit('M') | bit('A') | bit('F') | bit('D') | bit('C');

    /** Clock ticks a second, as times(2) and /proc count. */
    public static final int CLOCK_TICKS = 100;

    /** What a signal frame takes: AT_MINSIGSTKSZ. */
    public static final int SIGNAL_FRAME_BYTES = 1088;

    /** Rewrites of a command line by scripts before it is ELOOP, as Linux. */
    private static final int MAX_SCRIPTS = 5;

    private final FramePool frames;
    private final PageTable.Pool pageTables;
    private final Supplier<CodeSpace> codeSpaces;
    private final Entropy entropy;
    private final Vdso vdso;

    public Loader(
            FramePool frames,
            PageTable.Pool pageTables,
            Supplier<CodeSpace> codeSpaces,
            Entropy entropy) {
        this.frames = frames;
        this.pageTables = pageTables;
        this.codeSpaces = codeSpaces;
        this.entropy = entropy;
        vdso = new Vdso(frames);
    }

    private static long bit(char letter) {
        return 1L << (letter - 'A');
    }

    /** The vDSO that every program gets. */
    public Vdso vdso() {
        return vdso;
    }

    /**
     * Says in words why a file cannot be executed: {@code "needs an ELF for riscv64, this one is
     * x86-64"}; null if its beginning is fine.
     */
    public static String explain(ExecutableFile file) {
        byte[] head = new byte[ScriptLine.LIMIT_BYTES];
        int length = file.read(0, head, 0, head.length);
        if (length == 0) {
            return "is empty";
        }
        return length < 0 || ScriptLine.isScript(head, length)
                ? null
                : ElfFile.describeProblem(head, length);
    }

    /** Loads a program; on failure everything taken is released again. */
    public LoadedProgram load(ExecRequest request, Opener opener) {
        String path = request.path();
        ExecutableFile file = request.file();
        List<String> arguments = request.arguments().isEmpty() ? List.of("") : request.arguments();
        try {
            for (int depth = 0; ; depth++) {
                byte[] head = new byte[ScriptLine.LIMIT_BYTES];
                int length = file.read(0, head, 0, head.length);
                if (length < 0) {
                    throw new ErrnoException(-length);
                }
                if (!ScriptLine.isScript(head, length)) {
                    return loadElf(request, path, file, arguments, opener);
                }
                if (depth == MAX_SCRIPTS) {
                    throw new ErrnoException(Errno.ELOOP);
                }
                ScriptLine line = ScriptLine.parse(head, length);
                arguments = scriptArguments(line, path, arguments);
                ExecutableFile interpreter = opener.open(line.interpreter());
                file.release();
                file = interpreter;
                path = line.interpreter();
            }
        } catch (RuntimeException e) {
            file.release();
            throw e;
        }
    }

    private static List<String> scriptArguments(
            ScriptLine line, String script, List<String> arguments) {
        List<String> rewritten = new ArrayList<>(arguments.size() + 2);
        rewritten.add(line.interpreter());
        if (line.argument() != null) {
            rewritten.add(line.argument());
        }
        rewritten.add(script);
        rewritten.addAll(arguments.subList(1, arguments.size()));
        return rewritten;
    }

    private LoadedProgram loadElf(
            ExecRequest request,
            String path,
            ExecutableFile file,
            List<String> arguments,
            Opener opener) {
        ElfFile elf = ElfFile.read(file);
        long stackBytes =
                InitialStack.checkSize(
                        request.path(), arguments, request.environment(), request.limits().stack());
        ExecutableFile interpreter =
                elf.interpreter() == null ? null : opener.open(elf.interpreter());
        AddressSpace space = null;
        try {
            ElfFile interpreterElf = interpreter == null ? null : readInterpreter(interpreter);
            space = new AddressSpace(frames, pageTables.take(), codeSpaces.get());
            space.setLimits(request.limits());
            space.layout().mmapBase = Layout.mmapBaseFor(request.limits().stack());
            InitialStack stack = new InitialStack(space);
            stack.writeStrings(
                    request.path(), arguments, request.environment(), stackBytes, elf.stack());
            SegmentLoader segments = new SegmentLoader(space);
            long bias = segments.loadProgram(file, elf);
            long interpreterBias =
                    interpreter == null ? 0 : segments.loadInterpreter(interpreter, interpreterElf);
            vdso.map(space);
            byte[] random = new byte[16];
            entropy.fill(random);
            AuxiliaryVector auxiliary =
                    auxiliary(request, elf, bias, interpreterBias, space.layout().vdso);
            long stackPointer = stack.writeTables(random, auxiliary);
            long entry =
                    interpreter == null
                            ? bias + elf.entry()
                            : interpreterBias + interpreterElf.entry();
            return new LoadedProgram(space, entry, stackPointer, file, path);
        } catch (RuntimeException e) {
            if (space != null) {
                space.discard();
            }
            throw e;
        } finally {
            if (interpreter != null) {
                interpreter.release();
            }
        }
    }

    private static ElfFile readInterpreter(ExecutableFile interpreter) {
        try {
            return ElfFile.read(interpreter);
        } catch (ErrnoException e) {
            throw e.errno() == Errno.ENOEXEC ? new ErrnoException(Errno.ELIBBAD) : e;
        }
    }

    private static AuxiliaryVector auxiliary(
            ExecRequest request, ElfFile elf, long bias, long interpreterBias, long vdso) {
        return new AuxiliaryVector()
                .add(AT_SYSINFO_EHDR, vdso)
                .add(AT_MINSIGSTKSZ, SIGNAL_FRAME_BYTES)
                .add(AT_HWCAP, HARDWARE_CAPABILITIES)
                .add(AT_PAGESZ, 4096)
                .add(AT_CLKTCK, CLOCK_TICKS)
                .add(AT_PHDR, headersAddress(elf, bias))
                .add(AT_PHENT, ElfFile.PROGRAM_HEADER_BYTES)
                .add(AT_PHNUM, elf.headerCount())
                .add(AT_BASE, interpreterBias)
                .add(AT_FLAGS, 0)
                .add(AT_ENTRY, bias + elf.entry())
                .add(AT_UID, Integer.toUnsignedLong(request.uid()))
                .add(AT_EUID, Integer.toUnsignedLong(request.euid()))
                .add(AT_GID, Integer.toUnsignedLong(request.gid()))
                .add(AT_EGID, Integer.toUnsignedLong(request.egid()))
                .add(AT_SECURE, request.secure() ? 1 : 0)
                .add(AT_HWCAP2, 0);
    }

    /**
     * Where the program headers are in memory, by the segment that holds their bytes; 0 if none
     * does.
     */
    private static long headersAddress(ElfFile elf, long bias) {
        for (ElfFile.Segment segment : elf.loads()) {
            long into = elf.headersOffset() - segment.offset();
            if (into >= 0 && into < segment.fileSize()) {
                return bias + segment.address() + into;
            }
        }
        return 0;
    }

    /** Flags of every mapping of a segment. */
    static final int SEGMENT_FLAGS = Mman.MAP_PRIVATE | Mman.MAP_FIXED_NOREPLACE;
}
