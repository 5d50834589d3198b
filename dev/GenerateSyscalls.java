import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * Makes {@code SyscallTable.java} and {@code docs/SYSCALLS.md} from the {@code @Syscall} methods in {@code kernel.sys}:
 *
 * <pre>{@code java dev/GenerateSyscalls.java            # from the project's root; writes both files
 * java dev/GenerateSyscalls.java --check    # exit status 1 if they are not up to date}</pre>
 *
 * It only parses the sources, so it works even while the generated file does not compile (after a merge).
 */
public final class GenerateSyscalls {
    private static final Path FAMILIES = Path.of("kernel/src/main/java/callgate/kernel/sys");
    private static final Path TABLE = FAMILIES.resolve("SyscallTable.java");
    private static final Path NAMES = FAMILIES.resolve("SyscallNames.java");
    private static final Path DOCUMENT = Path.of("docs/SYSCALLS.md");

    /** Numbers of one second-level switch; keeps every method far below the 8,000 bytes that C2 compiles. */
    private static final int GROUP_SHIFT = 5;

    private static final int REGISTERS = 6;

    private record Call(int number, String family, String method, boolean takesTask, List<String> types, String missing) {
        String name() {
            return method.endsWith("_") ? method.substring(0, method.length() - 1) : method;
        }

        String invocation() {
            List<String> arguments = new ArrayList<>();
            if (takesTask) {
                arguments.add("task");
            }
            for (int i = 0; i < types.size(); i++) {
                arguments.add((types.get(i).equals("int") ? "(int) " : "") + "x[" + (10 + i) + "]");
            }
            return family + "." + method + "(" + String.join(", ", arguments) + ")";
        }
    }

    public static void main(String[] arguments) throws IOException {
        Map<Integer, Call> calls = readFamilies();
        Map<Integer, String> names = readNames();
        calls.values().forEach(call -> checkName(call, names));
        Map<Path, String> outputs = Map.of(TABLE, table(calls), DOCUMENT, document(calls, names));
        boolean check = List.of(arguments).contains("--check");
        boolean stale = false;
        for (var output : outputs.entrySet()) {
            String old = Files.exists(output.getKey()) ? Files.readString(output.getKey()) : "";
            if (old.equals(output.getValue())) {
                continue;
            }
            stale = true;
            if (check) {
                System.err.println(output.getKey() + " is not up to date: run `java dev/GenerateSyscalls.java`");
            } else {
                Files.writeString(output.getKey(), output.getValue());
            }
        }
        System.exit(check && stale ? 1 : 0);
    }

    // ---- reading ----

    private static Map<Integer, Call> readFamilies() throws IOException {
        List<Path> files;
        try (var list = Files.list(FAMILIES)) {
            files = list.filter(file -> file.toString().endsWith(".java") && !file.equals(TABLE)).sorted().toList();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var manager = compiler.getStandardFileManager(null, null, null);
        JavacTask task = (JavacTask) compiler.getTask(null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files));
        Map<Integer, Call> calls = new TreeMap<>();
        for (CompilationUnitTree unit : task.parse()) {
            for (Tree type : unit.getTypeDecls()) {
                if (type instanceof ClassTree family) {
                    readFamily(family, calls);
                }
            }
        }
        return calls;
    }

    private static void readFamily(ClassTree family, Map<Integer, Call> calls) {
        for (Tree member : family.getMembers()) {
            if (!(member instanceof MethodTree method)) {
                continue;
            }
            for (AnnotationTree annotation : method.getModifiers().getAnnotations()) {
                if (annotation.getAnnotationType().toString().equals("Syscall")) {
                    Call call = readCall(family.getSimpleName().toString(), method, annotation);
                    Call other = calls.put(call.number, call);
                    if (other != null) {
                        throw new IllegalStateException("number " + call.number + " is both " + other + " and " + call);
                    }
                }
            }
        }
    }

    private static Call readCall(String family, MethodTree method, AnnotationTree annotation) {
        int number = -1;
        String missing = "";
        for (ExpressionTree argument : annotation.getArguments()) {
            AssignmentTree assignment = (AssignmentTree) argument;
            if (assignment.getVariable().toString().equals("nr")) {
                number = (Integer) ((LiteralTree) assignment.getExpression()).getValue();
            } else {
                missing = text(assignment.getExpression());
            }
        }
        List<String> types = new ArrayList<>();
        boolean takesTask = false;
        for (VariableTree parameter : method.getParameters()) {
            String type = parameter.getType().toString();
            if (type.equals("Task") && types.isEmpty()) {
                takesTask = true;
            } else if (type.equals("long") || type.equals("int")) {
                types.add(type);
            } else {
                throw new IllegalStateException(method.getName() + ": a parameter is int or long, not " + type);
            }
        }
        if (types.size() > REGISTERS || number < 0 || !method.getReturnType().toString().equals("long")) {
            throw new IllegalStateException(method.getName() + ": needs nr, at most six parameters, and a long result");
        }
        return new Call(number, family, method.getName().toString(), takesTask, types, missing);
    }

    private static String text(ExpressionTree expression) {
        return switch (expression) {
            case LiteralTree literal -> (String) literal.getValue();
            case BinaryTree sum -> text(sum.getLeftOperand()) + text(sum.getRightOperand());
            default -> throw new IllegalStateException("not a string literal: " + expression);
        };
    }

    private static Map<Integer, String> readNames() throws IOException {
        Map<Integer, String> names = new TreeMap<>();
        Matcher entry = Pattern.compile("(\\d+) (\\w+)[,\\n]").matcher(Files.readString(NAMES).split("\"\"\"")[1]);
        while (entry.find()) {
            names.put(Integer.parseInt(entry.group(1)), entry.group(2));
        }
        return names;
    }

    private static void checkName(Call call, Map<Integer, String> names) {
        if (!call.name().equals(names.get(call.number))) {
            throw new IllegalStateException(call.family + "." + call.method + ": number " + call.number + " is " + names.get(call.number));
        }
    }

    // ---- SyscallTable.java ----

    private static String table(Map<Integer, Call> calls) {
        var groups = new TreeSet<Integer>();
        calls.keySet().forEach(number -> groups.add(number >> GROUP_SHIFT));
        StringBuilder out = new StringBuilder(
                """
                package callgate.kernel.sys;

                import callgate.kernel.abi.Errno;
                import callgate.kernel.task.Task;

                /** Generated by dev/GenerateSyscalls.java from the declarations; do not edit. Two levels, so that each method stays small enough for C2. */
                final class SyscallTable {
                    /** The classes with system calls. */
                    static final Class<?>[] FAMILIES = {
                """);
        var families = new TreeSet<String>();
        calls.values().forEach(call -> families.add(call.family));
        families.forEach(family -> out.append("        " + family + ".class,\n"));
        out.append(
                """
                    };

                    private SyscallTable() {}

                    /** Calls system call {@code nr} with the arguments in {@code x[10]} to {@code x[15]}; {@code -ENOSYS} if there is none. */
                    static long dispatch(Task task, long[] x, int nr) {
                        return switch (nr >> %d) {
                """
                        .formatted(GROUP_SHIFT));
        groups.forEach(group -> out.append("            case " + group + " -> group" + group + "(task, x, nr);\n"));
        out.append("            default -> -Errno.ENOSYS;\n        };\n    }\n");
        for (int group : groups) {
            out.append("\n    private static long group" + group + "(Task task, long[] x, int nr) {\n");
            out.append("        return switch (nr) {\n");
            calls.values().stream()
                    .filter(call -> call.number >> GROUP_SHIFT == group)
                    .forEach(call -> out.append("            case " + call.number + " -> " + call.invocation() + ";\n"));
            out.append("            default -> -Errno.ENOSYS;\n        };\n    }\n");
        }
        return out.append("}\n").toString();
    }

    // ---- docs/SYSCALLS.md ----

    private static String document(Map<Integer, Call> calls, Map<Integer, String> names) {
        StringBuilder out = new StringBuilder(
                """
                # System calls

                Generated by `java dev/GenerateSyscalls.java` from the declarations in `kernel/sys`; do not edit. Every number of the riscv64
                table of Linux 6.12 and the few added since: *done*; *partial*, with what is missing; or *absent* (ENOSYS).

                | number | name | state | family | missing |
                |---|---|---|---|---|
                """);
        for (var entry : names.entrySet()) {
            Call call = calls.get(entry.getKey());
            String state = call == null ? "absent" : call.missing.isEmpty() ? "done" : "partial";
            out.append("| %d | %s | %s | %s | %s |\n"
                    .formatted(
                            entry.getKey(),
                            entry.getValue(),
                            state,
                            call == null ? "" : call.family,
                            call == null ? "" : call.missing));
        }
        return out.toString();
    }
}
