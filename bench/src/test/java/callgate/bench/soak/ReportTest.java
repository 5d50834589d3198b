package callgate.bench.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;

/** What grows is found, and what does not is left in peace. */
class ReportTest {
    private static final int SAMPLES = 12;
    private static final long BASE = 100_000;

    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(text);

    private static Map<Figure, Long> all(long value) {
        Map<Figure, Long> figures = new EnumMap<>(Figure.class);
        for (Figure figure : Figure.values()) {
            figures.put(figure, value);
        }
        return figures;
    }

    private static List<Map<Figure, Long>> samples(Figure changing, IntToLongFunction value) {
        List<Map<Figure, Long>> samples = new ArrayList<>();
        for (int i = 0; i < SAMPLES; i++) {
            Map<Figure, Long> sample = all(BASE);
            sample.put(changing, value.applyAsLong(i));
            samples.add(sample);
        }
        return samples;
    }

    private boolean isSteady(List<Map<Figure, Long>> samples, Map<Figure, Long> after) {
        return Report.printVerdict(out, all(BASE), samples, after);
    }

    @Test
    void whatStaysTheSameIsSteady() {
        assertThat(isSteady(samples(Figure.HEAP, i -> BASE), all(BASE))).isTrue();
        assertThat(text.toString()).doesNotContain("GREW");
    }

    @Test
    void growthInTheFirstThirdIsWarmUp() {
        IntToLongFunction warm = i -> i < SAMPLES / 3 ? BASE / 2 : BASE;
        assertThat(isSteady(samples(Figure.GUEST_MEMORY, warm), all(BASE))).isTrue();
    }

    @Test
    void onePeakIsNoGrowth() {
        IntToLongFunction peak = i -> i == SAMPLES - 2 ? 2 * BASE : BASE;
        assertThat(isSteady(samples(Figure.HOST_THREADS, peak), all(BASE))).isTrue();
    }

    @Test
    void whatRisesAllTheTimeGrew() {
        IntToLongFunction rising = i -> BASE + 2L * i;
        assertThat(isSteady(samples(Figure.HOST_THREADS, rising), all(BASE))).isFalse();
        assertThat(text.toString()).containsPattern("threads .*GREW");
    }

    @Test
    void translationsMayRiseALittleIfTheyAreGoneAtTheEnd() {
        IntToLongFunction rising = i -> BASE + i * BASE / 100;
        assertThat(isSteady(samples(Figure.METASPACE, rising), all(BASE))).isTrue();
        Map<Figure, Long> kept = all(BASE);
        kept.put(Figure.METASPACE, BASE + BASE / 10);
        assertThat(isSteady(samples(Figure.METASPACE, rising), kept)).isFalse();
    }

    @Test
    void fewSamplesProveNothing() {
        assertThat(isSteady(samples(Figure.HEAP, i -> BASE).subList(0, 2), all(BASE))).isFalse();
    }
}
