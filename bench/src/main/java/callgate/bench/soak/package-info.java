/**
 * The soak test: mixed programs for a long time in one JVM, to show that nothing grows. {@link
 * callgate.bench.soak.Main} is what {@code ./callgate bench soak} runs.
 */
package callgate.bench.soak;
