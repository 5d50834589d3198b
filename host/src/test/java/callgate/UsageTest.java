package callgate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A sandbox tells what it holds. */
class UsageTest {
    @Test
    void whatRunsIsCountedAndWhatEndedIsNot() throws InterruptedException {
        try (Sandbox sandbox = Sandbox.builder().image("builtin").memory("64m").build()) {
            assertThat(sandbox.usage().tasks()).isZero();
            Running running = sandbox.command("spin").start();
            Usage busy = sandbox.usage();
            assertThat(busy.tasks()).isEqualTo(1);
            assertThat(busy.threads()).isPositive();
            assertThat(busy.memoryBytes()).isBetween(4096L, 64L << 20);
            running.kill();
            running.waitFor();
            assertThat(sandbox.usage().tasks()).isZero();
            assertThat(sandbox.usage().memoryBytes()).isLessThan(busy.memoryBytes());
        }
    }
}
