package callgate.kernel.mm;

import static callgate.kernel.mm.MemoryFixture.PAGE;
import static org.assertj.core.api.Assertions.assertThat;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mman;
import callgate.machine.hart.Hart;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random operations on address spaces, their copies included, against a model that keeps a byte for
 * each page.
 */
class AddressSpaceFuzzTest {
    private static final long BASE = 0x1000_0000L;
    private static final int PAGES = 96;
    private static final int STEPS = 6000;

    /** The byte that a page holds at its beginning; one object for all that share it. */
    private static final class Cell {
        int value;

        Cell(int value) {
            this.value = value;
        }
    }

    private record ModelPage(int protection, boolean shared, boolean file, Cell cell) {}

    private static final class Model {
        final AddressSpace space;
        final Hart hart = new Hart(null);
        final Map<Long, ModelPage> pages = new HashMap<>();

        Model(AddressSpace space) {
            this.space = space;
            space.attach(hart);
        }
    }

    private MemoryFixture fixture;
    private Random random;
    private TestFile file;
    private final Cell[] fileCells = new Cell[PAGES];
    private final List<Model> models = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void spacesAgreeWithTheModel(long seed) {
        random = new Random(seed);
        fixture = new MemoryFixture(64 << 20);
        byte[] bytes = new byte[PAGES * (int) PAGE];
        for (int i = 0; i < PAGES; i++) {
            fileCells[i] = new Cell(i + 1);
            bytes[i * (int) PAGE] = (byte) (i + 1);
        }
        file = new TestFile(fixture.frames, bytes);
        models.add(new Model(fixture.space()));
        for (int step = 0; step < STEPS; step++) {
            try {
                step();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ", step " + step, e);
            }
        }
        for (Model model : models) {
            compare(model);
            model.space.detach(model.hart);
        }
        models.clear();
        assertThat(file.references.get()).isEqualTo(1);
        assertThat(file.cache.isMapped()).isFalse();
        file.cache.close();
        fixture.close();
    }

    private void step() {
        Model model = models.get(random.nextInt(models.size()));
        long first = random.nextInt(PAGES);
        long count = 1 + random.nextInt((int) Math.min(12, PAGES - first));
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> map(model, first, count);
            case 3, 4 -> unmap(model, first, count);
            case 5, 6, 7 -> protect(model, first, count);
            case 8 -> dontNeed(model, first, count);
            case 9 -> remap(model, first, count);
            case 10 -> forkOrEnd(model);
            case 11 -> compare(model);
            default -> access(model, first);
        }
    }

    private static long address(long page) {
        return BASE + page * PAGE;
    }

    private void map(Model model, long first, long count) {
        int protection = random.nextInt(4);
        boolean shared = random.nextBoolean();
        int flags = (shared ? Mman.MAP_SHARED : Mman.MAP_PRIVATE) | Mman.MAP_FIXED;
        if (random.nextBoolean()) {
            long filePage = random.nextInt((int) (PAGES - count + 1));
            long result =
                    model.space.map(
                            address(first), count * PAGE, protection, flags, file, filePage * PAGE);
            assertThat(result).isEqualTo(address(first));
            for (int i = 0; i < count; i++) {
                Cell cell = fileCells[(int) filePage + i];
                model.pages.put(first + i, new ModelPage(protection, shared, true, cell));
            }
        } else {
            long result =
                    model.space.map(
                            address(first),
                            count * PAGE,
                            protection,
                            flags | Mman.MAP_ANONYMOUS,
                            null,
                            0);
            assertThat(result).isEqualTo(address(first));
            for (int i = 0; i < count; i++) {
                model.pages.put(first + i, new ModelPage(protection, shared, false, new Cell(0)));
            }
        }
    }

    private void unmap(Model model, long first, long count) {
        assertThat(model.space.unmap(address(first), count * PAGE)).isZero();
        for (long page = first; page < first + count; page++) {
            model.pages.remove(page);
        }
    }

    private void protect(Model model, long first, long count) {
        int protection = random.nextInt(4);
        long result = model.space.protect(address(first), count * PAGE, protection);
        for (long page = first; page < first + count; page++) {
            ModelPage old = model.pages.get(page);
            if (old == null) {
                assertThat(result).isEqualTo(-Errno.ENOMEM);
                return;
            }
            model.pages.put(page, new ModelPage(protection, old.shared, old.file, old.cell));
        }
        assertThat(result).isZero();
    }

    private void dontNeed(Model model, long first, long count) {
        long result = model.space.advise(address(first), count * PAGE, Mman.MADV_DONTNEED);
        boolean hole = false;
        for (long page = first; page < first + count; page++) {
            ModelPage old = model.pages.get(page);
            hole |= old == null;
            if (old != null && !old.shared) {
                Cell cell = old.file ? fileCells[filePageOf(model, page)] : new Cell(0);
                model.pages.put(page, new ModelPage(old.protection, false, old.file, cell));
            }
        }
        assertThat(result).isEqualTo(hole ? -Errno.ENOMEM : 0);
    }

    /**
     * The model does not keep offsets: the regions, checked elsewhere against what was asked, know
     * them.
     */
    private int filePageOf(Model model, long page) {
        long number = address(page) >>> 12;
        return (int) model.space.regions.find(number).fileIndex(number);
    }

    private void remap(Model model, long first, long count) {
        long target = random.nextInt((int) (PAGES - count + 1));
        if (target < first + count && first < target + count) {
            return;
        }
        for (long page = first; page < first + count; page++) {
            if (model.pages.get(page) == null) {
                return;
            }
        }
        int flags = Mman.MREMAP_MAYMOVE | Mman.MREMAP_FIXED;
        long result =
                model.space.remap(
                        address(first), count * PAGE, count * PAGE, flags, address(target));
        if (result == -Errno.EFAULT) {
            return; // several regions
        }
        assertThat(result).isEqualTo(address(target));
        for (int i = 0; i < count; i++) {
            model.pages.put(target + i, model.pages.remove(first + i));
        }
    }

    private void forkOrEnd(Model model) {
        if (models.size() >= 4) {
            models.remove(model);
            model.space.detach(model.hart);
            return;
        }
        Model child = new Model(model.space.fork(fixture.tables.take()));
        model.pages.forEach(
                (page, old) ->
                        child.pages.put(
                                page,
                                new ModelPage(
                                        old.protection,
                                        old.shared,
                                        old.file,
                                        old.shared || isFileCell(old)
                                                ? old.cell
                                                : new Cell(old.cell.value))));
        models.add(child);
    }

    /** A private page that still shows the file's. */
    private boolean isFileCell(ModelPage page) {
        for (Cell cell : fileCells) {
            if (cell == page.cell) {
                return true;
            }
        }
        return false;
    }

    private void access(Model model, long page) {
        ModelPage expected = model.pages.get(page);
        if (random.nextBoolean()) {
            checkRead(model, page);
            return;
        }
        int value = random.nextInt(256);
        boolean allowed = expected != null && (expected.protection & Mman.PROT_WRITE) != 0;
        try {
            model.space.user().writeByte(address(page), value);
            assertThat(allowed).isTrue();
        } catch (ErrnoException e) {
            assertThat(allowed).isFalse();
            return;
        }
        if (expected.shared) {
            expected.cell.value = value;
        } else {
            model.pages.put(
                    page,
                    new ModelPage(expected.protection, false, expected.file, new Cell(value)));
        }
    }

    private void checkRead(Model model, long page) {
        ModelPage expected = model.pages.get(page);
        boolean allowed = expected != null && (expected.protection & 3) != 0;
        try {
            int value = model.space.user().readByte(address(page)) & 0xff;
            assertThat(allowed).isTrue();
            // a private page that was never written may show later changes of the file
            assertThat(value).isEqualTo(expected.cell.value);
        } catch (ErrnoException e) {
            assertThat(allowed).as("page %d readable", page).isFalse();
        }
    }

    private void compare(Model model) {
        for (long page = 0; page < PAGES; page++) {
            checkRead(model, page);
        }
        checkRegions(model);
    }

    private void checkRegions(Model model) {
        Regions regions = model.space.regions;
        long pages = 0;
        for (int i = 0; i < regions.count(); i++) {
            Region region = regions.at(i);
            pages += region.pages();
            if (i > 0) {
                assertThat(regions.at(i - 1).end()).isLessThanOrEqualTo(region.start());
                assertThat(regions.at(i - 1).joins(region)).isFalse();
            }
            for (long page = region.start(); page < region.end(); page++) {
                ModelPage expected = model.pages.get(page - (BASE >>> 12));
                assertThat(expected).isNotNull();
                assertThat(region.flags() & Region.RIGHTS).isEqualTo(expected.protection);
                assertThat(region.isShared()).isEqualTo(expected.shared);
            }
        }
        assertThat(pages).isEqualTo(model.pages.size());
        assertThat(regions.totalPages()).isEqualTo(pages);
    }
}
