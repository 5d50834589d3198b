package callgate.kernel.mm;

import static callgate.kernel.mm.MemoryFixture.ANONYMOUS;
import static callgate.kernel.mm.MemoryFixture.PAGE;
import static callgate.kernel.mm.MemoryFixture.RW;
import static callgate.machine.memory.RawMemory.RAW;
import static org.assertj.core.api.Assertions.assertThat;

import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mman;
import callgate.machine.hart.Access;
import callgate.machine.hart.GuestFault;
import callgate.machine.hart.Hart;
import callgate.machine.hart.Supervisor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Harts load and store without rest while memory is taken away from under them. */
class ShootdownStressTest {
    private static final long NANOS = 1_500_000_000L;
    private static final long BASE = 0x2000_0000L;
    private static final int PAGES = 32;
    private static final long MARK = 0xdead_beef_dead_beefL;

    private final MemoryFixture fixture = new MemoryFixture(16 << 20);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stop;

    /** What happens between two polls of a hart. */
    private interface Guest {
        void step(Hart hart, Random random);
    }

    private final class SpaceSupervisor implements Supervisor {
        private final AddressSpace space;

        SpaceSupervisor(AddressSpace space) {
            this.space = space;
        }

        @Override
        public boolean ecall(Hart hart) {
            return true;
        }

        @Override
        public boolean pageFault(Hart hart, long address, Access access) {
            return space.pageFault(hart, address, access);
        }

        @Override
        public int fetch(Hart hart, long guestPage) {
            return space.fetch(hart, guestPage);
        }

        @Override
        public void fenceInstruction(Hart hart) {}

        @Override
        public long time(Hart hart) {
            return 0;
        }
    }

    private Hart newHart(AddressSpace space) {
        Hart hart = new Hart(new SpaceSupervisor(space));
        space.attach(hart);
        return hart;
    }

    private void start(Runnable body) {
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                body.run();
                            } catch (Throwable e) {
                                failure.compareAndSet(null, e);
                                stop = true;
                            }
                        });
        threads.add(thread);
        thread.start();
    }

    /** A hart that runs guest code as a task's thread does: enter, poll, leave. */
    private void startGuest(Hart hart, int seed, Guest guest) {
        start(
                () -> {
                    Random random = new Random(seed);
                    while (!stop) {
                        hart.pending = 0;
                        hart.enter();
                        try {
                            while (hart.pending == 0 && !stop) {
                                guest.step(hart, random);
                            }
                        } catch (GuestFault fault) {
                            // no page, or not writable: a signal in real life
                        } finally {
                            hart.leave();
                        }
                    }
                });
    }

    private void join() throws Exception {
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
    }

    @Test
    void framesTakenAwayAreNotWrittenByOthers() throws Exception {
        AddressSpace space = fixture.space();
        Hart own = newHart(space);
        Hart first = newHart(space);
        Hart second = newHart(space);
        Guest writer =
                (hart, random) -> {
                    long address = BASE + random.nextInt(PAGES) * PAGE + 8L * random.nextInt(512);
                    hart.store64(address, MARK);
                    hart.load64(address);
                };
        startGuest(first, 1, writer);
        startGuest(second, 2, writer);
        start(
                () -> {
                    // a system call of another thread that copies into the same memory
                    byte[] mark = {(byte) 0xef, (byte) 0xbe, (byte) 0xad, (byte) 0xde};
                    Random random = new Random(3);
                    while (!stop) {
                        try {
                            space.user().write(BASE + random.nextInt(PAGES) * PAGE, mark);
                        } catch (ErrnoException expected) {
                            // not mapped at the moment
                        }
                    }
                });
        start(this::watchOtherProcess);
        Random random = new Random(4);
        long end = System.nanoTime() + NANOS;
        while (!stop && System.nanoTime() < end) {
            long page = random.nextInt(PAGES);
            long length = (1 + random.nextInt((int) (PAGES - page))) * PAGE;
            switch (random.nextInt(4)) {
                case 0 -> space.unmap(BASE + page * PAGE, length);
                case 1 -> space.advise(BASE + page * PAGE, length, Mman.MADV_DONTNEED);
                case 2 -> {
                    AddressSpace child = space.fork(fixture.tables.take());
                    if (child != null) {
                        child.discard();
                    }
                }
                default ->
                        space.map(
                                BASE + page * PAGE,
                                length,
                                RW,
                                ANONYMOUS | Mman.MAP_FIXED,
                                null,
                                0);
            }
        }
        stop = true;
        join();
        space.detach(own);
        space.detach(first);
        space.detach(second);
        fixture.close();
    }

    /** Another process whose frames come from the same physmem: it must see only what it wrote. */
    private void watchOtherProcess() {
        AddressSpace other = fixture.space();
        Hart hart = newHart(other);
        for (long round = 1; !stop; round++) {
            other.map(BASE, PAGES * PAGE, RW, ANONYMOUS | Mman.MAP_FIXED, null, 0);
            for (int page = 0; page < PAGES; page++) {
                other.user().writeLong(BASE + page * PAGE, round);
            }
            Thread.yield();
            for (int page = 0; page < PAGES; page++) {
                long[] words = new long[512];
                for (int i = 0; i < words.length; i++) {
                    words[i] = other.user().readLong(BASE + page * PAGE + 8L * i);
                    assertThat(words[i]).isEqualTo(i == 0 ? round : 0);
                }
            }
            other.unmap(BASE, PAGES * PAGE);
        }
        other.detach(hart);
    }

    @Test
    void nothingIsWrittenAfterMprotectAndNoStoreIsLostInFork() throws Exception {
        AddressSpace space = fixture.space();
        Hart own = newHart(space);
        List<Hart> writers = List.of(newHart(space), newHart(space), newHart(space));
        space.map(BASE, PAGES * PAGE, RW, ANONYMOUS | Mman.MAP_FIXED, null, 0);
        for (int w = 0; w < writers.size(); w++) {
            long base = BASE + 64L * w;
            long[] counters = new long[PAGES];
            startGuest(
                    writers.get(w),
                    w,
                    (hart, random) -> {
                        int page = random.nextInt(PAGES);
                        hart.store64(base + page * PAGE, counters[page] + 1);
                        counters[page]++;
                        long seen = hart.load64(base + page * PAGE);
                        if (seen != counters[page]) {
                            throw new IllegalStateException(
                                    "a store was lost: "
                                            + seen
                                            + " in the place of "
                                            + counters[page]);
                        }
                    });
        }
        long end = System.nanoTime() + NANOS;
        while (!stop && System.nanoTime() < end) {
            assertThat(space.protect(BASE, PAGES * PAGE, Mman.PROT_READ)).isZero();
            byte[] before = space.user().read(BASE, (int) (PAGES * PAGE));
            Thread.yield();
            assertThat(space.user().read(BASE, (int) (PAGES * PAGE))).isEqualTo(before);
            assertThat(space.protect(BASE, PAGES * PAGE, RW)).isZero();
            AddressSpace child = space.fork(fixture.tables.take());
            byte[] snapshot = child.user().read(BASE, (int) (PAGES * PAGE));
            Thread.yield();
            assertThat(child.user().read(BASE, (int) (PAGES * PAGE))).isEqualTo(snapshot);
            child.discard();
        }
        stop = true;
        join();
        space.detach(own);
        writers.forEach(space::detach);
        fixture.close();
    }

    /**
     * Translated loops remember where a page lies until their next poll that finds something
     * pending.
     */
    @Test
    void whoRemembersWhereItLoadsFromFindsWhatItStores() throws Exception {
        AddressSpace space = fixture.space();
        Hart own = newHart(space);
        Hart looping = newHart(space);
        Hart other = newHart(space);
        space.map(BASE, PAGES * PAGE, RW, ANONYMOUS | Mman.MAP_FIXED, null, 0);
        start(() -> loadAndStoreInLoops(space, looping));
        startGuest(
                other,
                2,
                (hart, random) -> hart.store64(BASE + random.nextInt(PAGES) * PAGE + 64, MARK));
        Random random = new Random(6);
        long end = System.nanoTime() + NANOS;
        while (!stop && System.nanoTime() < end) {
            if (random.nextInt(3) == 0) {
                space.fork(fixture.tables.take()).discard();
            } else {
                space.advise(BASE + random.nextInt(PAGES) * PAGE, 2 * PAGE, Mman.MADV_DONTNEED);
            }
        }
        stop = true;
        join();
        space.detach(own);
        space.detach(looping);
        space.detach(other);
        fixture.close();
    }

    private void loadAndStoreInLoops(AddressSpace space, Hart hart) {
        Random random = new Random(7);
        for (long value = 1; !stop; value++) {
            long address = BASE + random.nextInt(PAGES) * PAGE;
            hart.pending = 0;
            hart.load64(address);
            hart.enter();
            long from = space.table().readDelta(address / PAGE);
            while (from != 0 && hart.pending == 0 && !stop) {
                long to = space.table().writeDelta(address / PAGE);
                if (to != 0) {
                    RAW.putLong(address + to, ++value);
                    long seen = RAW.getLong(address + from);
                    // a page that was dropped is not there for new looks, but still for this loop
                    if (seen != value && space.table().writeDelta(address / PAGE) == to) {
                        hart.leave();
                        throw new IllegalStateException("stored " + value + ", loaded " + seen);
                    }
                }
            }
            hart.leave();
        }
    }

    @Test
    void aCutFileIsGoneFromRunningHarts() throws Exception {
        AddressSpace space = fixture.space();
        Hart own = newHart(space);
        Hart reader = newHart(space);
        TestFile file = new TestFile(fixture.frames, new byte[PAGES * (int) PAGE]);
        space.map(BASE, PAGES * PAGE, RW, Mman.MAP_SHARED | Mman.MAP_FIXED, file, 0);
        startGuest(
                reader,
                1,
                (hart, random) -> hart.store64(BASE + random.nextInt(PAGES) * PAGE + 16, MARK));
        start(this::watchOtherProcess);
        Random random = new Random(5);
        long end = System.nanoTime() + NANOS / 2;
        while (!stop && System.nanoTime() < end) {
            file.truncate(random.nextInt(PAGES) * (int) PAGE);
            file.truncate(PAGES * (int) PAGE);
        }
        stop = true;
        join();
        space.detach(own);
        space.detach(reader);
        file.cache.close();
        fixture.close();
    }
}
