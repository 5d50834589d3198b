/**
 * Ways in which tasks talk to one another: pipes, event counters, readiness (poll, select, epoll), UNIX-domain sockets.
 *
 * <p>Lock order: an epoll's lock, then nothing; a pipe's or socket's lock is a leaf, except that user memory may be faulted in under it.
 * Wait queues are woken without it.
 */
package callgate.kernel.ipc;
