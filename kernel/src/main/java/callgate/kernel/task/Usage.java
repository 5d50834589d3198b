package callgate.kernel.task;

/**
 * Resources used, for getrusage, times and wait.
 *
 * @param maxResidentBytes the largest resident set of any one process
 */
public record Usage(long userNanos, long systemNanos, long maxResidentBytes, long pageFaults) {
    public static final Usage NONE = new Usage(0, 0, 0, 0);

    /** Time with a processor. */
    public long cpuNanos() {
        return userNanos + systemNanos;
    }

    /** The sum; of the resident sets the larger. */
    public Usage plus(Usage other) {
        return new Usage(
                userNanos + other.userNanos,
                systemNanos + other.systemNanos,
                Math.max(maxResidentBytes, other.maxResidentBytes),
                pageFaults + other.pageFaults);
    }
}
