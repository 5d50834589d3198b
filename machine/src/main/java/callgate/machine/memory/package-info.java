/**
 * Guest memory: one sparse file of physical frames ({@link callgate.machine.memory.PhysMem}) and,
 * per address space, one sparse table of host-minus-guest deltas ({@link
 * callgate.machine.memory.PageTable}). {@code FrameMap} knows which frames are free; {@code
 * DeltaColumn} keeps in a table's words how far the same delta goes on. docs/MEMORY.md tells how
 * they are used.
 *
 * <p>All raw loads and stores of the project go through {@link callgate.machine.memory.RawMemory}.
 * Addresses given to it are host addresses; only this module and {@code kernel.mm} may make them.
 *
 * <p>Lock order: a page table is guarded by its owner (the kernel's address space); the frame
 * allocator's lock is a leaf.
 */
package callgate.machine.memory;
