/**
 * Ways in which tasks talk to one another without addresses: pipes and FIFOs, event counters,
 * readiness (poll, select, epoll), System V shared memory, and the files that lead to streams of
 * the host. {@link callgate.kernel.ipc.Ipc} makes them; sockets are in {@code net}.
 *
 * <p>Whoever reads a pipe or counter, accepts, or waits on an epoll waits exclusively: an event
 * wakes one of them ({@link callgate.kernel.wait.WaitQueue#addExclusive}), and whoever leaves
 * something over wakes the next.
 *
 * <p>What is in pipes and sockets lies on the host's heap; {@link callgate.kernel.vfs.HeapBudget}
 * bounds it for a whole kernel.
 *
 * <p>Lock order: {@code EpollNesting}, an epoll's scan lock (outer epolls before inner ones), then
 * any file's own lock; an epoll's list lock, a pipe's or a counter's are leaves, except that user
 * memory may be faulted in under a pipe's. Wait queues are woken with no lock held.
 */
package callgate.kernel.ipc;
