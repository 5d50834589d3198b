package callgate.kernel;

/** One kernel instance. */
public final class Kernel {}
