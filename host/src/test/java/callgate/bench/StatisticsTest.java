package callgate.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void theMedianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
        assertThat(Statistics.median(List.of(9.0, 1.0, 5.0))).isEqualTo(5.0);
        assertThat(Statistics.median(List.of(9.0, 1.0, 5.0, 6.0))).isEqualTo(5.5);
        assertThat(Statistics.median(List.of(7.0))).isEqualTo(7.0);
        assertThat(Statistics.median(List.of())).isNaN();
    }

    @Test
    void theSpreadIsTheLargestByTheSmallest() {
        assertThat(Statistics.spread(List.of(4.0, 2.0, 3.0))).isEqualTo(2.0);
        assertThat(Statistics.spread(List.of(4.0))).isEqualTo(1.0);
        assertThat(Statistics.spread(List.of())).isNaN();
    }

    @Test
    void theGeometricMeanLeavesOutWhatIsAbsent() {
        assertThat(Statistics.geometricMean(List.of(2.0, Double.NaN, 8.0)))
                .isCloseTo(4.0, within(1e-9));
        assertThat(Statistics.geometricMean(List.of(Double.NaN))).isNaN();
        assertThat(Statistics.geometricMean(List.of())).isNaN();
    }

    @Test
    void ratiosAreOfMedians() {
        Measurement measurement = new Measurement(Cases.of(Suite.CPU).getFirst());
        for (double figure : new double[] {10, 30, 20}) {
            measurement.add(Column.NATIVE, figure);
            measurement.add(Column.USER, 2 * figure);
        }
        assertThat(measurement.ratio(Column.USER, Column.NATIVE)).isEqualTo(2.0);
        assertThat(measurement.ratio(Column.QEMU, Column.NATIVE)).isNaN();
    }
}
