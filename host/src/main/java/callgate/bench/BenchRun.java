package callgate.bench;

import callgate.bench.Work.Agreement;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs cases: first once by every peer, to compare what comes out, then round by round, the peers
 * in turn, so that a change of the machine's speed meets all of them.
 */
final class BenchRun {
    private static final int TENTH = 9;

    private final List<Peer> peers;
    private final int rounds;
    private final Effort effort;
    private final Consumer<String> progress;

    /**
     * @param peers in the order of their turns
     * @param rounds how often each case is timed, from 1
     * @param progress told what is being run
     */
    BenchRun(List<Peer> peers, int rounds, Effort effort, Consumer<String> progress) {
        this.peers = List.copyOf(peers);
        this.rounds = rounds;
        this.effort = effort;
        this.progress = progress;
    }

    /** What came out of one turn of a peer. */
    private record Turn(List<Double> figures, double first, double tenth, String proof) {
        double figure() {
            return Statistics.median(figures);
        }
    }

    Measurement measure(BenchCase benchCase) throws InterruptedException {
        Measurement measurement = new Measurement(benchCase);
        Map<Column, List<Double>> seen = new EnumMap<>(Column.class);
        List<Peer> able = check(benchCase, measurement, seen);
        for (int round = 1; round <= rounds; round++) {
            for (Peer peer : List.copyOf(able)) {
                tell(benchCase, peer, "round " + round + " of " + rounds);
                try {
                    Turn turn = timed(peer, benchCase.work());
                    measurement.add(peer.column(), turn.figure());
                    seen.get(peer.column()).addAll(turn.figures());
                } catch (IOException e) {
                    able.remove(peer);
                    fail(measurement, peer, e);
                }
            }
        }
        series(measurement, seen.getOrDefault(Column.USER, List.of()));
        return measurement;
    }

    /** Programs that time themselves have said first and tenth; commands are counted here. */
    private static void series(Measurement measurement, List<Double> runs) {
        switch (measurement.benchCase().work()) {
            case Work.Built built -> {}
            case Work.Waiting waiting -> measurement.warmUp(Double.NaN, Double.NaN);
            case Work.Launched launched -> measurement.warmUp(at(runs, 0), at(runs, TENTH));
            case Work.FromShell shell -> measurement.warmUp(at(runs, 0), at(runs, TENTH));
        }
    }

    private static double at(List<Double> runs, int index) {
        return index < runs.size() ? runs.get(index) : Double.NaN;
    }

    private List<Peer> check(
            BenchCase benchCase, Measurement measurement, Map<Column, List<Double>> seen)
            throws InterruptedException {
        List<Peer> able = new ArrayList<>();
        Map<Object, String> expected = new HashMap<>();
        for (Peer peer : peers) {
            tell(benchCase, peer, "check");
            try {
                Turn turn = checked(peer, benchCase.work());
                Object group = group(benchCase.work(), peer);
                String before = expected.putIfAbsent(group, turn.proof());
                if (before != null && !before.equals(turn.proof())) {
                    throw new IOException(
                            "its output, "
                                    + excerpt(turn.proof())
                                    + ", is not "
                                    + excerpt(before)
                                    + " as before");
                }
                able.add(peer);
                seen.put(peer.column(), new ArrayList<>(turn.figures()));
                if (peer.column() == Column.USER) {
                    measurement.warmUp(turn.first(), turn.tenth());
                }
            } catch (IOException e) {
                fail(measurement, peer, e);
            }
        }
        return able;
    }

    private static Object group(Work work, Peer peer) {
        boolean byProcessor =
                work instanceof Work.Launched launched
                        && launched.sameOutput() == Agreement.SAME_PROCESSOR;
        return byProcessor ? peer.processor() : Agreement.EVERYWHERE;
    }

    private static String excerpt(String text) {
        String line = text.strip().replace('\n', ' ');
        return "'" + (line.length() > 100 ? line.substring(0, 100) + "..." : line) + "'";
    }

    private Turn checked(Peer peer, Work work) throws IOException, InterruptedException {
        return switch (work) {
            case Work.Built built -> timed(peer, built);
            case Work.Waiting waiting -> timed(peer, waiting);
            case Work.FromShell shell -> launchLine(peer.fromShell(1));
            case Work.Launched launched -> {
                Turn turn = launchLine(peer.launched(1, Peer.Output.SHOWN, launched.command()));
                if (launched.proof().isEmpty()) {
                    yield turn;
                }
                String proof = turn.proof() + digest(peer.output(launched.proof()));
                yield new Turn(turn.figures(), turn.first(), turn.tenth(), proof);
            }
        };
    }

    private Turn timed(Peer peer, Work work) throws IOException, InterruptedException {
        return switch (work) {
            case Work.Built built -> {
                List<String> arguments = new ArrayList<>(built.arguments());
                if (effort == Effort.QUICK) {
                    arguments.addAll(built.quickArguments());
                }
                String output = peer.built(built.program(), arguments);
                Sample sample = Sample.parse(output);
                if (!(sample.value(built.measure()) > 0)) {
                    throw new IOException("printed no " + built.measure() + ": " + excerpt(output));
                }
                double figure = sample.value(built.measure());
                double first = sample.value("first");
                yield new Turn(
                        List.of(figure),
                        Double.isNaN(first) ? figure : first,
                        sample.value("tenth"),
                        sample.name() + " " + sample.checksum());
            }
            case Work.Waiting waiting -> {
                double kibibytes = peer.waitingBytes(effort) / 1024;
                if (!(kibibytes > 0)) {
                    throw new IOException("told no memory");
                }
                yield new Turn(List.of(kibibytes), Double.NaN, Double.NaN, "");
            }
            case Work.FromShell shell ->
                    launchLine(peer.fromShell(effort == Effort.QUICK ? 1 : shell.times()));
            case Work.Launched launched ->
                    launchLine(
                            peer.launched(
                                    effort == Effort.QUICK ? 2 : launched.times(),
                                    Peer.Output.DROPPED,
                                    launched.command()));
        };
    }

    /** The last line of {@code guest/bench/launch.c}, after what the command printed. */
    private static Turn launchLine(String output) throws IOException {
        int start = output.lastIndexOf("launch ns ");
        if (start < 0) {
            throw new IOException("printed no times: " + excerpt(output));
        }
        List<Double> figures = new ArrayList<>();
        for (String word : output.substring(start).strip().split(" ")) {
            if (Character.isDigit(word.charAt(0))) {
                figures.add(Double.parseDouble(word));
            }
        }
        return new Turn(figures, figures.getFirst(), Double.NaN, output.substring(0, start));
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private void tell(BenchCase benchCase, Peer peer, String what) {
        progress.accept(
                benchCase.suite().id()
                        + " "
                        + benchCase.name()
                        + ", "
                        + what
                        + ", "
                        + peer.column().title());
    }

    private static void fail(Measurement measurement, Peer peer, IOException e) {
        measurement.fail(peer.column(), e.getMessage());
    }
}
