package callgate;

/**
 * What a sandbox holds at the moment. Each figure is read for itself, so while programs run they
 * may not belong together to the byte.
 *
 * @param memoryBytes guest memory in use, page cache included; what {@code memory} limits
 * @param heapBytes an estimate of the host's heap that its files, tasks, pipes and sockets take
 * @param tasks processes and threads, ended ones that nobody waited for included
 * @param threads threads of the host that work for it
 */
public record Usage(long memoryBytes, long heapBytes, int tasks, long threads) {}
