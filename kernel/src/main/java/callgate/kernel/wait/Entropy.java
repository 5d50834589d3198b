package callgate.kernel.wait;

/** The kernel's only source of randomness. Thread-safe. */
public interface Entropy {
    /** Fills the whole array. */
    void fill(byte[] bytes);
}
