package callgate.machine.memory;

import static callgate.machine.memory.RawMemory.RAW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PhysMemTest {
    private static final int PAGE = PhysMem.PAGE_SIZE;

    @Test
    void handsOutExactlyItsFramesOnceAndZeroed() {
        try (PhysMem memory = PhysMem.temporary(100 * PAGE)) {
            Set<Integer> frames = new HashSet<>();
            for (int i = 0; i < 100; i++) {
                int frame = memory.allocate();
                assertThat(frame).isPositive();
                assertThat(frames.add(frame)).isTrue();
                assertThat(RAW.getLong(memory.address(frame) + 8 * (i % 512))).isZero();
                RAW.fill(memory.address(frame), PAGE, (byte) 1);
            }
            assertThat(memory.allocate()).isZero();
            assertThat(memory.usedFrames()).isEqualTo(memory.totalFrames()).isEqualTo(100);
        }
    }

    @Test
    void aFreedFrameComesBackZeroedAndOnlyAfterItsLastReference() {
        try (PhysMem memory = PhysMem.temporary(PAGE)) {
            int frame = memory.allocate();
            RAW.fill(memory.address(frame), PAGE, (byte) 7);
            memory.retain(frame);
            assertThat(memory.references(frame)).isEqualTo(2);
            assertThat(memory.release(frame)).isFalse();
            assertThat(memory.allocate()).isZero();
            assertThat(memory.release(frame)).isTrue();
            int again = memory.allocate();
            assertThat(again).isEqualTo(frame);
            for (int i = 0; i < PAGE; i += 8) {
                assertThat(RAW.getLong(memory.address(again) + i)).isZero();
            }
        }
    }

    @Test
    void chargesCountAgainstTheLimit() {
        try (PhysMem memory = PhysMem.temporary(10 * PAGE)) {
            assertThat(memory.charge(11)).isFalse();
            assertThat(memory.charge(8)).isTrue();
            assertThat(memory.allocate()).isPositive();
            int last = memory.allocate();
            assertThat(last).isPositive();
            assertThat(memory.allocate()).isZero();
            assertThat(memory.charge(1)).isFalse();
            memory.uncharge(8);
            assertThat(memory.usedFrames()).isEqualTo(2);
            assertThat(memory.allocate()).isPositive();
        }
    }

    @Test
    void manyFramesReleasedTogetherAreZeroWhenTheyComeBack() {
        int count = 10_000;
        try (PhysMem memory = PhysMem.temporary((long) count * PAGE)) {
            for (int round = 0; round < 2; round++) {
                int[] frames = new int[count];
                for (int i = 0; i < count; i++) {
                    frames[i] = memory.allocate();
                    assertThat(RAW.getLong(memory.address(frames[i]) + PAGE - 8)).isZero();
                    RAW.putLong(memory.address(frames[i]) + PAGE - 8, 5);
                }
                assertThat(memory.allocate()).isZero();
                memory.release(frames, count);
                assertThat(memory.usedFrames()).isZero();
            }
        }
    }

    @Test
    void freedMemoryGoesBackToTheHost(@TempDir Path folder) throws Exception {
        Assumptions.assumeTrue(HolePuncher.Madvise.HANDLE != null, "needs Linux and native access");
        Path file = folder.resolve("physmem");
        int count = 8192;
        try (PhysMem memory = PhysMem.kept(file, (long) count * PAGE)) {
            int[] frames = new int[count];
            for (int i = 0; i < count; i++) {
                frames[i] = memory.allocate();
                RAW.fill(memory.address(frames[i]), PAGE, (byte) 1);
            }
            long full = blocks(file);
            assertThat(full).isGreaterThanOrEqualTo((long) count * PAGE / 512);
            memory.release(frames, count);
            assertThat(blocks(file)).isLessThan(full / 4);
        }
    }

    private static long blocks(Path file) throws Exception {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        return Long.parseLong(new String(stat.getInputStream().readAllBytes()).trim());
    }

    @Test
    void keptMemoryHoldsItsContentsInTheFile(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("physmem");
        int frame;
        try (PhysMem memory = PhysMem.kept(file, 16 * PAGE)) {
            frame = memory.allocate();
            RAW.putLong(memory.address(frame), 0x1122334455667788L);
        }
        byte[] bytes = Files.readAllBytes(file);
        assertThat(bytes[frame * PAGE]).isEqualTo((byte) 0x88);
    }

    @Test
    void impossibleSizesAreRefused() {
        assertThatThrownBy(() -> PhysMem.temporary(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PhysMem.temporary(1L << 41))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void threadsNeverShareAFrame() throws Exception {
        int frames = 3000;
        try (PhysMem memory = PhysMem.temporary((long) frames * PAGE)) {
            AtomicInteger failures = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int t = 1; t <= 4; t++) {
                int id = t;
                Thread thread = new Thread(() -> hammer(memory, id, failures));
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).hasValue(0);
            assertThat(memory.usedFrames()).isZero();
        }
    }

    private static void hammer(PhysMem memory, int id, AtomicInteger failures) {
        Random random = new Random(id);
        int[] held = new int[1200];
        for (int round = 0; round < 30; round++) {
            int count = 0;
            int wanted = random.nextInt(held.length);
            while (count < wanted) {
                int frame = memory.allocate();
                if (frame == 0) {
                    break;
                }
                if (RAW.getLong(memory.address(frame)) != 0) {
                    failures.incrementAndGet();
                }
                RAW.putLong(memory.address(frame), id);
                held[count++] = frame;
            }
            for (int i = 0; i < count; i++) {
                if (RAW.getLong(memory.address(held[i])) != id) {
                    failures.incrementAndGet();
                }
            }
            memory.release(held, count);
        }
    }
}
