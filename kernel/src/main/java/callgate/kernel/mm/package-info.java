/**
 * Memory of guest processes: address spaces (regions, page faults, fork), the page cache, and the
 * one class that touches guest memory on behalf of system calls, {@link
 * callgate.kernel.mm.UserMemory}. docs/MEMORY.md tells how it works.
 *
 * <ul>
 *   <li>{@link callgate.kernel.mm.AddressSpace}: what a process's memory is, and all that can be
 *       done to it
 *   <li>{@link callgate.kernel.mm.PageCache}: the pages of one file; {@link
 *       callgate.kernel.mm.MappedFile} and {@link callgate.kernel.mm.PageSource}: a file as
 *       mappings see it
 *   <li>{@link callgate.kernel.mm.FramePool}: frames, with reclaim when there are none left; {@code
 *       Placement} prefers frames beside each other for pages beside each other
 *   <li>{@code Faults}: what a page fault does; {@code Streams} sees stores in sequence coming
 *   <li>{@code Quiescence}: waits until no hart uses what was taken away
 * </ul>
 *
 * <p>Lock order: an inode, then an address space, then a page cache, then the frame allocator. So
 * page sources must not take an inode's lock; and what an operation on an address space does to
 * files and code it does after unlocking ({@code AddressSpace.unlock}). A page cache calls address
 * spaces only without its lock. Two address spaces are never locked together but a parent and the
 * child it is forking.
 */
package callgate.kernel.mm;
