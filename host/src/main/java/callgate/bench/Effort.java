package callgate.bench;

/** How much each case has to do. */
public enum Effort {
    FULL(6 << 20, 1 << 20, 200_000, 20_000, 10, 40),
    /** To see whether everything works; the figures mean little. */
    QUICK(64 << 10, 32 << 10, 1000, 200, 3, 5);

    final int textBytes;
    final int sampleBytes;
    final int loops;
    final int rows;
    final int functions;
    final int sandboxes;

    Effort(int textBytes, int sampleBytes, int loops, int rows, int functions, int sandboxes) {
        this.textBytes = textBytes;
        this.sampleBytes = sampleBytes;
        this.loops = loops;
        this.rows = rows;
        this.functions = functions;
        this.sandboxes = sandboxes;
    }
}
