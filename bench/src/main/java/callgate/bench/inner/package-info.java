/**
 * Benchmarks of single mechanisms inside the JVM, with JMH. Each stands in the package of what it
 * measures; here is what they have in common. {@code ./callgate bench jmh [PATTERN...]} runs them;
 * docs/BENCHMARKS.md tells what each is for.
 */
package callgate.bench.inner;
