package callgate.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchRunTest {
    private final List<String> turns = new ArrayList<>();

    /** Takes as long as it is told; what it prints is given. */
    private final class FakePeer implements Peer {
        private final Column column;
        private final String output;
        private final String times;
        private int runs;

        FakePeer(Column column, String output, String times) {
            this.column = column;
            this.output = output;
            this.times = times;
        }

        @Override
        public Column column() {
            return column;
        }

        @Override
        public Processor processor() {
            return column == Column.NATIVE ? Processor.HOST : Processor.RISCV64;
        }

        @Override
        public String built(String program, List<String> arguments) throws IOException {
            turns.add(column.id());
            if (output.equals("fails")) {
                throw new IOException("status 1: no");
            }
            runs++;
            return arguments.getFirst()
                    + " checksum "
                    + output
                    + " first 90 tenth 40 steady "
                    + runs * 10;
        }

        @Override
        public String launched(int count, Output where, List<String> command) {
            turns.add(column.id());
            return (where == Output.SHOWN ? output + "\n" : "")
                    + "launch ns "
                    + String.join(" ", Arrays.asList(times.split(" ")).subList(0, count))
                    + "\n";
        }

        @Override
        public byte[] output(List<String> command) {
            return output.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String fromShell(int count) {
            return "launch ns 5\n";
        }

        @Override
        public double waitingBytes(Effort effort) {
            return 3 << 20;
        }
    }

    private Peer peer(Column column, String output) {
        return new FakePeer(column, output, "12 11 10 9 8 7 6 5 4 3 2 1");
    }

    private static BenchCase named(Suite suite, String name) {
        return Cases.of(suite).stream().filter(it -> it.name().equals(name)).findFirst().get();
    }

    private Measurement run(BenchCase benchCase, int rounds, Peer... peers)
            throws InterruptedException {
        return new BenchRun(List.of(peers), rounds, Effort.FULL, text -> {}).measure(benchCase);
    }

    @Test
    void peersTakeTurnsAfterOneCheckOfEach() throws InterruptedException {
        run(
                named(Suite.CPU, "fib"),
                2,
                peer(Column.NATIVE, "a"),
                peer(Column.QEMU, "a"),
                peer(Column.USER, "a"));
        assertThat(turns)
                .containsExactly(
                        "native", "qemu", "user", "native", "qemu", "user", "native", "qemu",
                        "user");
    }

    @Test
    void theCheckIsNotTimedButItsFirstAndTenthRunAreShown() throws InterruptedException {
        Measurement measured = run(named(Suite.CPU, "fib"), 2, peer(Column.USER, "a"));
        assertThat(measured.median(Column.USER)).isEqualTo(25); // 20 and 30, not the check's 10
        assertThat(measured.first()).isEqualTo(90);
        assertThat(measured.tenth()).isEqualTo(40);
    }

    @Test
    void aPeerThatComputesSomethingElseIsNotTimed() throws InterruptedException {
        Measurement measured =
                run(
                        named(Suite.CPU, "fib"),
                        1,
                        peer(Column.NATIVE, "a"),
                        peer(Column.USER, "wrong"));
        assertThat(measured.median(Column.USER)).isNaN();
        assertThat(measured.failures().get(Column.USER)).contains("wrong");
        assertThat(turns).containsExactly("native", "user", "native");
    }

    @Test
    void aPeerThatFailsIsLeftOutWithTheReason() throws InterruptedException {
        Measurement measured =
                run(named(Suite.CPU, "fib"), 1, peer(Column.QEMU, "fails"), peer(Column.USER, "a"));
        assertThat(measured.failures()).containsEntry(Column.QEMU, "status 1: no");
        assertThat(measured.median(Column.USER)).isEqualTo(20);
    }

    @Test
    void commandsCountTheCheckAsTheirFirstRun() throws InterruptedException {
        Measurement measured = run(named(Suite.START, "true"), 1, peer(Column.USER, "a"));
        assertThat(measured.first()).isEqualTo(12);
        assertThat(measured.tenth()).isEqualTo(4); // 12 of the check, then 12 11 10 9 8 7 6 5 4
        assertThat(measured.median(Column.USER)).isEqualTo(7);
    }

    @Test
    void whatDependsOnTheProcessorIsComparedAmongThoseWithTheSame() throws InterruptedException {
        BenchCase gcc = named(Suite.PROGRAMS, "gcc");
        Measurement measured =
                run(
                        gcc,
                        1,
                        peer(Column.NATIVE, "x86"),
                        peer(Column.QEMU, "riscv"),
                        peer(Column.USER, "riscv"));
        assertThat(measured.failures()).isEmpty();
        measured = run(gcc, 1, peer(Column.QEMU, "riscv"), peer(Column.USER, "wrong"));
        assertThat(measured.failures()).containsKey(Column.USER);
    }

    @Test
    void memoryIsMeasuredInKibibytesAndLeftOutOfTheMeanOfTimes() throws InterruptedException {
        Measurement measured = run(named(Suite.START, "idle-shell"), 1, peer(Column.USER, ""));
        assertThat(measured.median(Column.USER)).isEqualTo(3 << 10);
        assertThat(measured.first()).isNaN();
        assertThat(measured.benchCase().isTime()).isFalse();
    }
}
