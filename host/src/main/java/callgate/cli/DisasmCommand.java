package callgate.cli;

import callgate.machine.isa.Disassembler;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code callgate disasm}: the machine's own view of a program's instructions. */
@Command(
        name = "disasm",
        description =
                "Prints the instructions of a riscv64 ELF file, as Callgate's decoder sees them.",
        mixinStandardHelpOptions = true)
final class DisasmCommand implements Callable<Integer> {
    @Parameters(paramLabel = "ELF", description = "a program, library or object file of the host")
    private Path file;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        ElfCode elf = ElfCode.read(file);
        PrintWriter out = spec.commandLine().getOut();
        for (ElfCode.Section section : elf.sections()) {
            out.printf("%nsection %s%n", section.name());
            print(section, elf.symbols(), out);
        }
        out.flush();
        return 0;
    }

    private static void print(ElfCode.Section section, Map<Long, String> symbols, PrintWriter out) {
        int at = 0;
        while (at + 2 <= section.size()) {
            long pc = section.address() + at;
            String symbol = symbols.get(pc);
            if (symbol != null) {
                out.printf("%n%016x <%s>:%n", pc, symbol);
            }
            boolean compressed = (section.half(at) & 3) != 3;
            if (!compressed && at + 4 > section.size()) {
                break; // half an instruction at the very end
            }
            int raw = compressed ? section.half(at) : section.word(at);
            String bits = compressed ? "%04x    ".formatted(raw) : "%08x".formatted(raw);
            out.printf("%8x:  %s  %s%n", pc, bits, Disassembler.disassemble(pc, raw));
            at += compressed ? 2 : 4;
        }
    }
}
