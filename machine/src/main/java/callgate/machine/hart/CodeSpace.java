package callgate.machine.hart;

/**
 * Decoded and translated code of one address space, shared by its harts. The kernel tells it when
 * code may have changed; it then never runs stale code after the call returns, on any hart that has
 * since passed a poll. Thread-safe.
 */
public interface CodeSpace {
    /** Pages were unmapped, replaced, or lost or gained the right to execute. */
    void invalidate(long firstPage, long pageCount);

    /**
     * {@code fence.i} or {@code riscv_flush_icache}: whatever was written since it was decoded is
     * decoded anew.
     */
    void synchronize();

    /** The code of a forked child: starts with what this one knows, then goes its own way. */
    CodeSpace fork();

    /** The address space ends. */
    void close();
}
