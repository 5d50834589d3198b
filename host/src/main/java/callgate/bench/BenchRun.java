package callgate.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs a suite: case by case, round by round, the peers in turn, so that a change of the machine's
 * speed meets all of them.
 */
final class BenchRun {
    private final List<Peer> peers;
    private final int rounds;
    private final Consumer<String> progress;

    BenchRun(List<Peer> peers, int rounds, Consumer<String> progress) {
        this.peers = peers;
        this.rounds = rounds;
        this.progress = progress;
    }

    List<Measurement> run(Suite suite) throws InterruptedException {
        List<Measurement> measurements = new ArrayList<>();
        for (String benchCase : suite.cases()) {
            measurements.add(measure(suite, benchCase));
        }
        return measurements;
    }

    private Measurement measure(Suite suite, String benchCase) throws InterruptedException {
        Measurement measurement = new Measurement(benchCase);
        String checksum = null;
        for (int round = 0; round < rounds; round++) {
            for (Peer peer : peers) {
                progress.accept(
                        suite.id()
                                + " "
                                + benchCase
                                + ", round "
                                + (round + 1)
                                + " of "
                                + rounds
                                + ", "
                                + peer.name());
                try {
                    Sample sample =
                            Sample.parse(peer.run(suite.program(), suite.arguments(benchCase)))
                                    .getFirst();
                    checksum = checked(checksum, sample, peer);
                    measurement.add(peer.name(), sample.nanos(suite.measure()));
                    if (peer instanceof Peer.Inside && round == 0) {
                        measurement.add("first", sample.nanos("first"));
                        measurement.add("tenth", sample.nanos("tenth"));
                    }
                } catch (IOException e) {
                    progress.accept(suite.id() + " " + benchCase + ": " + e.getMessage() + "\n");
                }
            }
        }
        return measurement;
    }

    private static String checked(String expected, Sample sample, Peer peer) throws IOException {
        if (expected != null && !expected.equals(sample.checksum())) {
            throw new IOException(
                    peer.name() + " computed " + sample.checksum() + " instead of " + expected);
        }
        return sample.checksum();
    }
}
