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
        int count = 16384;
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

    /** Of the frames' reference counts. */
    private static final int COUNT_PAGES = 2;

    @Test
    void framesThatLieUnusedGoBackToTheHost(@TempDir Path folder) throws Exception {
        Assumptions.assumeTrue(HolePuncher.Madvise.HANDLE != null, "needs Linux and native access");
        Path file = folder.resolve("physmem");
        int count = 2000;
        AtomicInteger told = new AtomicInteger();
        try (PhysMem memory = PhysMem.kept(file, 4096L * PAGE)) {
            memory.whenUnused(told::incrementAndGet);
            int[] frames = new int[count];
            for (int round = 0; round < 4; round++) {
                for (int i = 0; i < count; i++) {
                    frames[i] = memory.allocate();
                    RAW.fill(memory.address(frames[i]), PAGE, (byte) 1);
                }
                memory.release(frames, count);
                assertThat(told).hasValue(1);
                assertThat(round == 0 || memory.trim()).as("all were in use meanwhile").isTrue();
            }
            assertThat(blocks(file)).isGreaterThanOrEqualTo((long) count * PAGE / 512);
            while (memory.trim()) {
                assertThat(memory.usedFrames()).isZero();
            }
            assertThat(blocks(file)).isLessThanOrEqualTo((256L + COUNT_PAGES) * PAGE / 512 + 16);
            memory.release(new int[] {memory.allocate()}, 1);
            assertThat(told).hasValue(1);
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
            for (int tries = 0; count < wanted && tries < 2 * held.length; tries++) {
                int wish = 1 + random.nextInt(memory.totalFrames());
                int frame =
                        memory.cleared(
                                switch (random.nextInt(4)) {
                                    case 0 -> memory.takeAt(wish);
                                    case 1 -> memory.takeInFreeBlock(wish);
                                    case 2 -> memory.takeInRun(3, 1, wish % 64);
                                    default -> memory.take();
                                });
                if (frame == 0) {
                    continue;
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

    @Test
    void framesAreTakenWhereTheyAreAskedForWhileTheyAreFree() {
        try (PhysMem memory = PhysMem.temporary(1000 * PAGE)) {
            assertThat(memory.takeAt(500)).isEqualTo(500);
            assertThat(memory.takeAt(500)).isZero();
            assertThat(memory.takeInFreeBlock(501)).isZero();
            assertThat(memory.takeInFreeBlock(600)).isEqualTo(600);
            assertThat(memory.takeAt(0)).isZero();
            assertThat(memory.takeAt(-3)).isZero();
            assertThat(memory.takeAt(1001)).isZero();
            assertThat(memory.takeAt(1000)).isEqualTo(1000);
            RAW.putLong(memory.address(500), 1);
            memory.release(500);
            assertThat(memory.takeAt(500)).as("with old bytes").isEqualTo(-500);
            assertThat(memory.cleared(-500)).isEqualTo(500);
            assertThat(RAW.getLong(memory.address(500))).isZero();
            memory.release(new int[] {500, 600, 1000}, 3);
            assertThat(memory.usedFrames()).isZero();
        }
    }

    @Test
    void singleFramesLeaveBegunBlocksAloneUntilNothingElseIsLeft() {
        int count = 10 * PhysMem.BLOCK_FRAMES - 1; // frame 0 is part of the first block
        try (PhysMem memory = PhysMem.temporary((long) count * PAGE)) {
            int mine = memory.takeInRun(4, 0, 7);
            int block = mine / PhysMem.BLOCK_FRAMES;
            int others = count - 4 * PhysMem.BLOCK_FRAMES;
            Set<Integer> taken = new HashSet<>();
            for (int i = 0; i < others; i++) {
                int frame = memory.allocate();
                if (frame / PhysMem.BLOCK_FRAMES == block) {
                    throw new AssertionError("frame " + frame + " is beside " + mine);
                }
                taken.add(frame);
            }
            for (int i = others; i < count - 1; i++) {
                taken.add(memory.allocate());
            }
            assertThat(taken).hasSize(count - 1).doesNotContain(0, mine);
            assertThat(memory.allocate()).isZero();
            assertThat(memory.takeInRun(1, 0, 0)).isZero();
        }
    }

    @Test
    void runsAreAsLongAsThereIsRoomAndShorterElse() {
        int block = PhysMem.BLOCK_FRAMES;
        try (PhysMem memory = PhysMem.temporary((16L * block - 1) * PAGE)) {
            int frame = memory.takeInRun(8, 3, 5);
            assertThat(frame % block).isEqualTo(5);
            for (int i = 1; i <= 4; i++) {
                assertThat(memory.takeInFreeBlock(frame + i * block)).isPositive();
            }
            assertThat(memory.takeInRun(1000, 999, 63) % block).isEqualTo(63);
            while (memory.takeInRun(100, 50, 0) != 0) {
                assertThat(memory.usedFrames()).isLessThan(16);
            }
            assertThat(memory.usedFrames()).as("one in each block").isEqualTo(15);
            while (memory.allocate() != 0) {
                assertThat(memory.usedFrames()).isLessThan(16 * block);
            }
            assertThat(memory.usedFrames()).isEqualTo(memory.totalFrames());
        }
    }

    /** Random taking and releasing in all ways, against a set of what is in use. */
    @Test
    void anyOrderOfTakingAndReleasingKeepsToTheModel() {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            int total = 1 + random.nextInt(9000);
            try (PhysMem memory = PhysMem.temporary((long) total * PAGE)) {
                new Model(memory, random).run(30_000);
            }
        }
    }

    private static final class Model {
        private final PhysMem memory;
        private final Random random;
        private final int total;
        private final java.util.BitSet inUse = new java.util.BitSet();
        private final List<Integer> held = new ArrayList<>();
        private int charged;
        private int target;

        Model(PhysMem memory, Random random) {
            this.memory = memory;
            this.random = random;
            total = memory.totalFrames();
        }

        void run(int steps) {
            for (int step = 0; step < steps; step++) {
                if (step % 1000 == 0) {
                    target = random.nextInt(total + total / 4 + 1);
                }
                if (held.size() + charged < target && random.nextInt(8) != 0) {
                    take();
                } else if (random.nextInt(50) == 0) {
                    charge();
                } else {
                    release(1 + random.nextInt(Math.max(1, held.size() / 4)));
                }
                if (memory.usedFrames() != held.size() + charged) {
                    throw new AssertionError("used " + memory.usedFrames());
                }
            }
            release(held.size());
            memory.uncharge(charged);
            assertThat(memory.usedFrames()).isZero();
        }

        private void take() {
            boolean full = held.size() + charged == total;
            int wish = random.nextInt(total + 2);
            int taken;
            switch (random.nextInt(4)) {
                case 0 -> taken = memory.takeAt(wish);
                case 1 -> taken = memory.takeInFreeBlock(wish);
                case 2 -> taken = memory.takeInRun(1 + wish % 40, wish % 7, wish % 64);
                default -> {
                    taken = memory.take();
                    if ((taken == 0) != full) {
                        throw new AssertionError("took " + taken + ", full " + full);
                    }
                }
            }
            if (taken == 0) {
                return;
            }
            if (full) {
                throw new AssertionError("beyond the limit");
            }
            int frame = Math.abs(taken);
            if (frame > total || inUse.get(frame)) {
                throw new AssertionError("frame " + frame + " is in use");
            }
            memory.cleared(taken);
            long address = memory.address(frame) + 8 * random.nextInt(512);
            if (RAW.getLong(address) != 0) {
                throw new AssertionError("frame " + frame + " is not zero");
            }
            RAW.fill(memory.address(frame), PAGE, (byte) 1);
            inUse.set(frame);
            held.add(frame);
        }

        private void charge() {
            int frames = 1 + random.nextInt(20);
            boolean fits = held.size() + charged + frames <= total;
            if (memory.charge(frames) != fits) {
                throw new AssertionError("charge of " + frames);
            }
            charged += fits ? frames : 0;
            if (charged > 100) {
                memory.uncharge(charged);
                charged = 0;
            }
        }

        private void release(int count) {
            int[] frames = new int[Math.min(count, held.size())];
            for (int i = 0; i < frames.length; i++) {
                int at = random.nextInt(held.size());
                frames[i] = held.get(at);
                held.set(at, held.getLast());
                held.removeLast();
                inUse.clear(frames[i]);
            }
            memory.release(frames, frames.length);
        }
    }
}
