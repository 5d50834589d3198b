/**
 * Memory of guest processes: address spaces (regions, page faults, fork), the page cache, and the one class that touches guest memory on
 * behalf of system calls, {@link callgate.kernel.mm.UserMemory}.
 *
 * <p>Lock order: address space, then page cache, then the frame allocator. No lock is held while a page is read from a file system.
 */
package callgate.kernel.mm;
