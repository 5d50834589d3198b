package callgate.bench;

/**
 * One thing that is measured.
 *
 * @param name unique in its suite
 * @param unit what its figures are in; less is better
 * @param shows which cost it makes visible
 * @param matters why a user cares
 * @param work what is run
 */
record BenchCase(Suite suite, String name, String unit, String shows, String matters, Work work) {
    static final String NANOS = "ns";

    /** Whether it is a time, for a unit of work or as it is. */
    boolean isTime() {
        return unit.startsWith(NANOS);
    }
}
