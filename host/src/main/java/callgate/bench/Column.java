package callgate.bench;

import java.util.Locale;

/** Who is measured: the columns of tables and of JSON. */
enum Column {
    /** The host itself. */
    NATIVE("native"),
    /** {@code qemu-riscv64 -cpu rv64}. */
    QEMU("qemu"),
    /** {@code runsc} on its ptrace platform, with the host's programs. */
    GVISOR("gvisor"),
    /** Callgate, programs isolated as ever. */
    USER("callgate"),
    /** Callgate, programs trusted like the kernel. */
    KERNEL("kernel mode");

    private final String title;

    Column(String title) {
        this.title = title;
    }

    /** Its key in JSON. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its name for people. */
    String title() {
        return title;
    }
}
