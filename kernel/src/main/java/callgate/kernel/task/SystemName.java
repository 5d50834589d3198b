package callgate.kernel.task;

/** What {@code uname} says; the names of host and domain can be changed. Thread-safe. */
public final class SystemName {
    public static final String SYSTEM = "Linux";
    public static final String RELEASE = "6.12.0-callgate";
    public static final String VERSION = "#1 SMP Callgate";
    public static final String MACHINE = "riscv64";

    /** Longest name without its NUL. */
    public static final int LIMIT = 64;

    private volatile String host;
    private volatile String domain = "(none)";

    public SystemName(String host) {
        this.host = host;
    }

    public String host() {
        return host;
    }

    public void setHost(String name) {
        host = name;
    }

    public String domain() {
        return domain;
    }

    public void setDomain(String name) {
        domain = name;
    }
}
