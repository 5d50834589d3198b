package callgate.machine.hart;

/** How guest code is run. */
public enum Tier {
    /** Interpreter only. */
    INTERPRET,
    /** Everything is translated before its first run: for tests. */
    TRANSLATE,
    /** Interpreter first; hot code is translated in the background. */
    MIXED
}
