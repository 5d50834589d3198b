/**
 * The translator: hot guest code becomes JVM bytecode, which the JVM's own compilers turn into host
 * code. docs/TRANSLATOR.md tells the whole.
 *
 * <p>{@link callgate.machine.jit.Translator} is asked for a block; {@code UnitPlanner} chooses a
 * unit of guest code from there, {@code InnerLoop} makes its inner loops methods of their own (in
 * which {@code RememberedRuns} spares looks at the page table), {@code Dataflow} finds which
 * registers must be loaded and stored where, {@code UnitEmitter} writes the method, {@code
 * UnitCompiler} loads its class. {@code InlinedCalls} puts small functions into their callers.
 *
 * <p>Loops of one block have their own ways: {@code CountedLoop} does the rounds that are sure to
 * come, {@code NarrowPointers} follows pointers, {@code BoundedSums} looks things up in tables,
 * {@code StripLoop} calculates rows of doubles; {@code RangedFloats} and {@code SignExtended} know
 * what numbers can be, so that less is tested.
 *
 * <p>At run time units meet through {@code UnitCall} (known addresses) and {@link
 * callgate.machine.jit.RegisterJump} (addresses in registers).
 *
 * <p>Lock order: {@code TranslationQueue} and {@code TranslatedUnit} are leaves, as is the lock of
 * {@link callgate.machine.interpreter.CodeRegion}.
 */
package callgate.machine.jit;
