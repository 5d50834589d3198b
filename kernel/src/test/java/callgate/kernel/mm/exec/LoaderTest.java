package callgate.kernel.mm.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.mm.AddressSpace;
import callgate.kernel.mm.Layout;
import callgate.kernel.mm.MemoryFixture;
import callgate.kernel.mm.SpaceLimits;
import callgate.kernel.mm.TestFile;
import callgate.kernel.mm.UserMemory;
import callgate.machine.hart.Access;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoaderTest {
    private static final byte[] CODE = bytes(600, 1);
    private static final byte[] DATA = bytes(5000, 2);

    private final MemoryFixture fixture = new MemoryFixture(32 << 20);
    private final Loader loader =
            new Loader(
                    fixture.frames,
                    fixture.tables,
                    fixture::code,
                    bytes -> Arrays.fill(bytes, (byte) 0x5a));
    private final Map<String, TestFile> files = new HashMap<>();
    private final int usedByLoader = fixture.used();

    @AfterEach
    void everythingIsReleased() {
        files.values()
                .forEach(
                        file -> {
                            assertThat(file.references.get())
                                    .as("references of a file")
                                    .isEqualTo(1);
                            file.cache.close();
                        });
        assertThat(fixture.used()).as("frames beyond the vDSO's").isEqualTo(usedByLoader);
        fixture.memory.close();
    }

    private static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static ElfBuilder program() {
        return new ElfBuilder()
                .entry(0x10100)
                .load(ElfBuilder.R | ElfBuilder.X, 0x10000, CODE, CODE.length)
                .load(ElfBuilder.R | ElfBuilder.W, 0x12e00, DATA, 0x9000)
                .stack(ElfBuilder.R | ElfBuilder.W);
    }

    private TestFile file(String path, byte[] content) {
        TestFile file = new TestFile(fixture.frames, content);
        files.put(path, file);
        return file;
    }

    private ExecutableFile open(String path) {
        TestFile file = files.get(path);
        if (file == null) {
            throw new ErrnoException(Errno.ENOENT);
        }
        file.retain();
        return file;
    }

    private LoadedProgram load(String path, String... arguments) {
        return load(path, List.of(arguments), List.of("A=1", "B=two"));
    }

    private LoadedProgram load(String path, List<String> arguments, List<String> environment) {
        ExecRequest request =
                new ExecRequest(
                        path,
                        open(path),
                        arguments,
                        environment,
                        1,
                        2,
                        3,
                        4,
                        false,
                        SpaceLimits.DEFAULT);
        return loader.load(request, this::open);
    }

    private void assertFails(String path, int errno, String... arguments) {
        assertThatThrownBy(() -> release(load(path, arguments)))
                .isInstanceOfSatisfying(
                        ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(errno));
    }

    private void release(LoadedProgram program) {
        program.space().discard();
        program.file().release();
    }

    @Test
    void segmentsHaveTheFilesBytesAndZerosBehindThem() {
        file("/p", program().build());
        LoadedProgram p = load("/p", "p");
        UserMemory memory = p.space().user();
        assertThat(p.entry()).isEqualTo(0x10100);
        assertThat(memory.read(0x10000, CODE.length)).isEqualTo(CODE);
        assertThat(memory.read(0x12e00, DATA.length)).isEqualTo(DATA);
        assertThat(memory.read(0x12e00 + DATA.length, 0x9000 - DATA.length)).containsOnly(0);
        assertThat(p.space().layout().breakStart).isEqualTo(0x1c000);
        assertThat(p.space().fault(0x10000, Access.STORE)).isFalse();
        assertThat(p.space().fault(0x10000, Access.FETCH)).isTrue();
        assertThat(p.space().fault(0x12e00, Access.FETCH)).isFalse();
        release(p);
    }

    @Test
    void writesToDataDoNotReachTheFileOrTheNextRun() {
        file("/p", program().build());
        LoadedProgram first = load("/p", "p");
        first.space().user().writeByte(0x12e00, ~DATA[0]);
        release(first);
        LoadedProgram second = load("/p", "p");
        assertThat(second.space().user().readByte(0x12e00)).isEqualTo(DATA[0]);
        release(second);
    }

    @Test
    void theStackHoldsArgumentsEnvironmentAndAuxiliaryVector() {
        file("/p", program().build());
        LoadedProgram p = load("/p", "one", "two");
        UserMemory memory = p.space().user();
        long sp = p.stackPointer();
        assertThat(sp % 16).isZero();
        assertThat(memory.readLong(sp)).isEqualTo(2);
        assertThat(memory.readString(memory.readLong(sp + 8), 99)).isEqualTo("one");
        assertThat(memory.readString(memory.readLong(sp + 16), 99)).isEqualTo("two");
        assertThat(memory.readLong(sp + 24)).isZero();
        assertThat(memory.readString(memory.readLong(sp + 32), 99)).isEqualTo("A=1");
        assertThat(memory.readString(memory.readLong(sp + 40), 99)).isEqualTo("B=two");
        assertThat(memory.readLong(sp + 48)).isZero();
        Map<Long, Long> auxiliary = new HashMap<>();
        for (long at = sp + 56; memory.readLong(at) != 0; at += 16) {
            auxiliary.put(memory.readLong(at), memory.readLong(at + 8));
        }
        assertThat(auxiliary)
                .containsEntry(3L, 0L) // no segment shows the program headers
                .containsEntry(4L, 56L)
                .containsEntry(5L, 3L)
                .containsEntry(6L, 4096L)
                .containsEntry(7L, 0L)
                .containsEntry(9L, 0x10100L)
                .containsEntry(11L, 1L)
                .containsEntry(12L, 2L)
                .containsEntry(13L, 3L)
                .containsEntry(14L, 4L)
                .containsEntry(16L, 0x112dL)
                .containsEntry(17L, 100L)
                .containsEntry(23L, 0L)
                .containsEntry(33L, p.space().layout().vdso);
        assertThat(memory.read(auxiliary.get(25L), 16)).containsOnly(0x5a);
        assertThat(memory.readString(auxiliary.get(31L), 99)).isEqualTo("/p");
        release(p);
    }

    @Test
    void theVdsoIsAnElfFileWithTheSignalReturn() {
        file("/p", program().build());
        LoadedProgram p = load("/p", "p");
        UserMemory memory = p.space().user();
        assertThat(memory.readInt(p.space().layout().vdso)).isEqualTo(0x464c457f);
        assertThat(memory.readInt(p.space().signalReturnAddress())).isEqualTo(0x08b00893);
        assertThat(memory.readInt(p.space().signalReturnAddress() + 4)).isEqualTo(0x73);
        release(p);
    }

    @Test
    void aPositionIndependentProgramStartsInItsInterpreter() {
        file("/pie", program().type(ElfFile.ET_DYN).interpreter("/ld.so").build());
        file(
                "/ld.so",
                new ElfBuilder()
                        .type(ElfFile.ET_DYN)
                        .entry(0x80)
                        .load(ElfBuilder.R | ElfBuilder.X, 0, CODE, CODE.length)
                        .build());
        LoadedProgram p = load("/pie", "p");
        long bias = Layout.PIE_BASE - 0x10000;
        assertThat(p.space().user().read(bias + 0x12e00, DATA.length)).isEqualTo(DATA);
        assertThat(p.space().layout().breakStart).isEqualTo(bias + 0x1c000);
        assertThat(p.space().user().read(p.entry() - 0x80, CODE.length)).isEqualTo(CODE);
        assertThat(p.entry()).isBetween(1L << 30, 2L << 30);
        release(p);
    }

    @Test
    void aMissingOrForeignInterpreterIsAnError() {
        file("/pie", program().type(ElfFile.ET_DYN).interpreter("/ld.so").build());
        assertFails("/pie", Errno.ENOENT);
        file("/ld.so", program().machine(62).build());
        assertFails("/pie", Errno.ELIBBAD);
        files.get("/ld.so").bytes = "#!/p\n".getBytes(StandardCharsets.ISO_8859_1);
        assertFails("/pie", Errno.ELIBBAD);
    }

    @Test
    void aScriptRunsItsInterpreterWithOneArgument() {
        file("/p", program().build());
        file("/script", "#! \t/p  -x y \t\nbody".getBytes(StandardCharsets.ISO_8859_1));
        LoadedProgram p = load("/script", "zero", "one");
        UserMemory memory = p.space().user();
        long sp = p.stackPointer();
        String[] arguments = new String[(int) memory.readLong(sp)];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = memory.readString(memory.readLong(sp + 8 + 8L * i), 99);
        }
        assertThat(arguments).containsExactly("/p", "-x y", "/script", "one");
        assertThat(p.path()).isEqualTo("/p");
        release(p);
    }

    @Test
    void scriptsOfScriptsEndInEloop() {
        file("/p", program().build());
        file("/s0", "#!/p\n".getBytes(StandardCharsets.ISO_8859_1));
        for (int i = 1; i <= 5; i++) {
            file("/s" + i, ("#!/s" + (i - 1) + "\n").getBytes(StandardCharsets.ISO_8859_1));
        }
        release(load("/s4", "s"));
        assertFails("/s5", Errno.ELOOP, "s");
    }

    @Test
    void scriptsWithoutAnInterpreterAreNoPrograms() {
        for (String text :
                List.of(
                        "#!",
                        "#!\n",
                        "#!   \t \n/p",
                        "#!" + "x".repeat(300),
                        "#!" + " ".repeat(300) + "/p")) {
            files.clear();
            file("/s", text.getBytes(StandardCharsets.ISO_8859_1));
            assertFails("/s", Errno.ENOEXEC, "s");
        }
    }

    @Test
    void tooLongArgumentsAreE2big() {
        file("/p", program().build());
        assertFails("/p", Errno.E2BIG, "x".repeat(131072));
        String[] many = new String[20];
        Arrays.fill(many, "x".repeat(131071));
        assertFails("/p", Errno.E2BIG, many);
        release(load("/p", "x".repeat(131071)));
    }

    @Test
    void programsOfOtherMachinesAreNamed() {
        TestFile x86 = file("/x", program().machine(62).build());
        assertFails("/x", Errno.ENOEXEC, "x");
        assertThat(Loader.explain(x86)).isEqualTo("needs an ELF for riscv64, this one is x86-64");
        assertThat(Loader.explain(file("/t", "text".getBytes(StandardCharsets.ISO_8859_1))))
                .startsWith("is neither");
        assertThat(Loader.explain(file("/p", program().build()))).isNull();
    }

    @Test
    void impossibleSegmentsAreRefused() {
        file(
                "/overlap",
                new ElfBuilder()
                        .load(ElfBuilder.R, 0x10000, CODE, CODE.length)
                        .load(ElfBuilder.R, 0x10000, CODE, CODE.length)
                        .build());
        assertFails("/overlap", Errno.EEXIST);
        file("/low", new ElfBuilder().load(ElfBuilder.R, 0x1000, CODE, CODE.length).build());
        assertFails("/low", Errno.EPERM);
        file(
                "/stack",
                new ElfBuilder().load(ElfBuilder.R, (1L << 38) - 8192, CODE, CODE.length).build());
        assertFails("/stack", Errno.EEXIST);
        file(
                "/high",
                new ElfBuilder().load(ElfBuilder.R, (1L << 38) - 4096, CODE, 1 << 20).build());
        assertFails("/high", Errno.EINVAL);
        file("/none", new ElfBuilder().stack(ElfBuilder.R).build());
        assertFails("/none", Errno.ENOEXEC);
    }

    @Test
    void loadingWithoutMemoryIsEnomemAndLeavesNothing() {
        file("/p", program().build());
        int[] taken = new int[fixture.memory.totalFrames()];
        int count = 0;
        for (int frame = fixture.memory.allocate(); frame != 0; frame = fixture.memory.allocate()) {
            taken[count++] = frame;
        }
        assertFails("/p", Errno.ENOMEM, "p");
        fixture.memory.release(taken, count);
    }

    @Test
    void mutatedFilesLoadOrFailCleanly() {
        byte[] original = program().type(ElfFile.ET_DYN).interpreter("/ld.so").build();
        byte[] fixed = program().build();
        file("/ld.so", fixed);
        TestFile victim = file("/v", original);
        Random random = new Random(42);
        for (int i = 0; i < 10_000; i++) {
            byte[] mutated = (random.nextBoolean() ? original : fixed).clone();
            int changes = 1 + random.nextInt(6);
            for (int change = 0; change < changes; change++) {
                int at =
                        random.nextInt(10) == 0
                                ? random.nextInt(mutated.length)
                                : random.nextInt(64 + 56 * 4);
                mutated[at] =
                        switch (random.nextInt(3)) {
                            case 0 -> (byte) random.nextInt();
                            case 1 -> (byte) (random.nextBoolean() ? 0xff : 0);
                            default -> (byte) (mutated[at] ^ 1 << random.nextInt(8));
                        };
            }
            if (random.nextInt(10) == 0) {
                mutated = Arrays.copyOf(mutated, random.nextInt(mutated.length));
            }
            victim.cache.discard(0, Long.MAX_VALUE);
            victim.bytes = mutated;
            try {
                LoadedProgram program = load("/v", "v");
                AddressSpace space = program.space();
                assertThat(space.user().readLong(program.stackPointer())).isEqualTo(1);
                release(program);
            } catch (ErrnoException e) {
                assertThat(e.errno())
                        .as("mutation %d", i)
                        .isIn(
                                Errno.ENOEXEC,
                                Errno.EINVAL,
                                Errno.ENOMEM,
                                Errno.EPERM,
                                Errno.EEXIST,
                                Errno.EFAULT,
                                Errno.ENOENT,
                                Errno.EOVERFLOW,
                                Errno.ELIBBAD);
            }
        }
    }
}
