package callgate.kernel.mm;

import static callgate.kernel.mm.MemoryFixture.ANONYMOUS;
import static callgate.kernel.mm.MemoryFixture.PAGE;
import static callgate.kernel.mm.MemoryFixture.RW;
import static callgate.kernel.mm.MemoryFixture.SHARED_ANONYMOUS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mman;
import callgate.machine.hart.Access;
import callgate.machine.hart.Hart;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AddressSpaceTest {
    private static final long A = 0x1000_0000L;

    private final MemoryFixture fixture = new MemoryFixture(8 << 20);
    private final AddressSpace space = fixture.space();
    private final Hart hart = new Hart(null);

    AddressSpaceTest() {
        space.attach(hart);
    }

    @AfterEach
    void everythingIsReleased() {
        space.detach(hart);
        fixture.close();
    }

    private long map(long address, long pages, int protection, int flags) {
        return space.map(address, pages * PAGE, protection, flags, null, 0);
    }

    // ---- placement and arguments ----

    @Test
    void mappingsWithoutAHintGoDownwardsFromTwoGibibytes() {
        long first = map(0, 4, RW, ANONYMOUS);
        long second = map(0, 2, Mman.PROT_READ, ANONYMOUS);
        assertThat(first).isEqualTo((2L << 30) - 4 * PAGE);
        assertThat(second).isEqualTo(first - 2 * PAGE);
        space.unmap(first, 4 * PAGE);
        assertThat(map(0, 3, RW, ANONYMOUS)).isEqualTo(first + PAGE);
    }

    @Test
    void whatHasNoRoomBelowTwoGibibytesGoesBelowTheStack() {
        long pages = (2L << 30) / PAGE;
        long large = map(0, pages, Mman.PROT_NONE, ANONYMOUS | Mman.MAP_NORESERVE);
        assertThat(large).isEqualTo(space.layout().mmapBase - pages * PAGE);
        assertThat(map(0, 1, RW, ANONYMOUS)).isLessThan(2L << 30);
    }

    @Test
    void aFreeHintIsTakenAndAnOccupiedOneIsNot() {
        assertThat(map(A + 5, 1, RW, ANONYMOUS)).isEqualTo(A + PAGE);
        assertThat(map(A + PAGE, 1, RW, ANONYMOUS)).isNotEqualTo(A + PAGE).isPositive();
        assertThat(map(1, 1, RW, ANONYMOUS)).isEqualTo(AddressSpace.LOWEST_ADDRESS);
    }

    @Test
    void argumentsAreCheckedAsInLinux() {
        assertThat(map(0, 0, RW, ANONYMOUS)).isEqualTo(-Errno.EINVAL);
        assertThat(map(0, 1, RW, Mman.MAP_ANONYMOUS)).isEqualTo(-Errno.EINVAL);
        assertThat(space.map(0, PAGE, RW, ANONYMOUS, null, 1)).isEqualTo(-Errno.EINVAL);
        assertThat(space.map(0, -1, RW, ANONYMOUS, null, 0)).isEqualTo(-Errno.ENOMEM);
        assertThat(space.map(0, 1L << 38, RW, ANONYMOUS, null, 0)).isEqualTo(-Errno.ENOMEM);
        assertThat(map(A + 1, 1, RW, ANONYMOUS | Mman.MAP_FIXED)).isEqualTo(-Errno.EINVAL);
        assertThat(map(0, 1, RW, ANONYMOUS | Mman.MAP_FIXED)).isEqualTo(-Errno.EPERM);
        assertThat(map((1L << 38) - PAGE, 2, RW, ANONYMOUS | Mman.MAP_FIXED))
                .isEqualTo(-Errno.ENOMEM);
        assertThat(map(0, 1, RW, ANONYMOUS | Mman.MAP_HUGETLB)).isEqualTo(-Errno.ENOMEM);
        assertThat(map(0, 1, RW, Mman.MAP_SHARED_VALIDATE | Mman.MAP_ANONYMOUS | Mman.MAP_SYNC))
                .isEqualTo(-Errno.EOPNOTSUPP);
        assertThat(space.unmap(A + 1, PAGE)).isEqualTo(-Errno.EINVAL);
        assertThat(space.unmap(A, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(space.unmap(A, PAGE)).isZero();
        assertThat(space.protect(A, PAGE, 64)).isEqualTo(-Errno.EINVAL);
        assertThat(space.protect(A, PAGE, RW)).isEqualTo(-Errno.ENOMEM);
        assertThat(space.advise(A, PAGE, 77)).isEqualTo(-Errno.EINVAL);
        assertThat(space.advise(A, -PAGE, Mman.MADV_DONTNEED)).isEqualTo(-Errno.EINVAL);
        assertThat(space.remap(A, PAGE, PAGE, 8, 0)).isEqualTo(-Errno.EINVAL);
        assertThat(space.remap(A, PAGE, 2 * PAGE, Mman.MREMAP_MAYMOVE, 0)).isEqualTo(-Errno.EFAULT);
    }

    @Test
    void fixedNoReplaceKeepsWhatIsThere() {
        map(A, 4, RW, ANONYMOUS | Mman.MAP_FIXED);
        assertThat(map(A + 3 * PAGE, 4, RW, ANONYMOUS | Mman.MAP_FIXED_NOREPLACE))
                .isEqualTo(-Errno.EEXIST);
        assertThat(map(A + 4 * PAGE, 4, RW, ANONYMOUS | Mman.MAP_FIXED_NOREPLACE))
                .isEqualTo(A + 4 * PAGE);
    }

    // ---- faults ----

    @Test
    void faultsSayWhyTheyCannotBeResolved() {
        map(A, 1, Mman.PROT_READ, ANONYMOUS | Mman.MAP_FIXED);
        map(A + PAGE, 1, Mman.PROT_NONE, ANONYMOUS | Mman.MAP_FIXED);
        TestFile file = new TestFile(fixture.frames, new byte[(int) PAGE + 1]);
        space.map(A + 2 * PAGE, 3 * PAGE, RW, Mman.MAP_PRIVATE | Mman.MAP_FIXED, file, 0);
        assertThat(space.resolve(A, Access.LOAD)).isEqualTo(Fault.RESOLVED);
        assertThat(space.resolve(A, Access.STORE)).isEqualTo(Fault.NOT_ALLOWED);
        assertThat(space.resolve(A, Access.FETCH)).isEqualTo(Fault.NOT_ALLOWED);
        assertThat(space.resolve(A + PAGE, Access.LOAD)).isEqualTo(Fault.NOT_ALLOWED);
        assertThat(space.resolve(A - 1, Access.LOAD)).isEqualTo(Fault.NOT_MAPPED);
        assertThat(space.resolve(-1, Access.LOAD)).isEqualTo(Fault.NOT_MAPPED);
        assertThat(space.resolve(1L << 38, Access.STORE)).isEqualTo(Fault.NOT_MAPPED);
        assertThat(space.resolve(A + 3 * PAGE, Access.STORE)).isEqualTo(Fault.RESOLVED);
        assertThat(space.resolve(A + 4 * PAGE, Access.STORE)).isEqualTo(Fault.NO_DATA);
        assertThat(space.resolve(A + 4 * PAGE, Access.LOAD)).isEqualTo(Fault.NO_DATA);
        space.unmap(A, 8 * PAGE);
        file.cache.close();
    }

    @Test
    void readingAnonymousMemoryTakesNoFrames() {
        map(A, 100, RW, ANONYMOUS | Mman.MAP_FIXED);
        space.user().readByte(A);
        int tables = fixture.used();
        assertThat(space.user().read(A, 100 * (int) PAGE)).containsOnly(0);
        assertThat(fixture.used()).isEqualTo(tables);
        space.user().writeByte(A + 5 * PAGE, 1);
        assertThat(fixture.used()).isEqualTo(tables + 1);
        assertThat(space.residentBytes()).isEqualTo(PAGE);
    }

    @Test
    void protectNoneKeepsContents() {
        map(A, 2, RW, ANONYMOUS | Mman.MAP_FIXED);
        space.user().writeInt(A + 8, 77);
        space.protect(A, 2 * PAGE, Mman.PROT_NONE);
        assertThatThrownBy(() -> space.user().readInt(A + 8)).isInstanceOf(ErrnoException.class);
        space.protect(A, 2 * PAGE, Mman.PROT_READ);
        assertThat(space.user().readInt(A + 8)).isEqualTo(77);
        assertThatThrownBy(() -> space.user().writeInt(A, 1)).isInstanceOf(ErrnoException.class);
    }

    @Test
    void theStackGrowsWithinItsLimitAndKeepsAGap() {
        long top = A + 4096 * PAGE;
        map(top - PAGE, 1, RW, ANONYMOUS | Mman.MAP_FIXED | Mman.MAP_GROWSDOWN);
        space.setLimits(new SpaceLimits(Long.MAX_VALUE, Long.MAX_VALUE, 100 * PAGE, 0));
        space.user().writeByte(top - 50 * PAGE, 1);
        assertThat(space.virtualBytes()).isEqualTo(50 * PAGE);
        assertThat(space.resolve(top - 101 * PAGE, Access.STORE)).isEqualTo(Fault.NOT_MAPPED);
        space.setLimits(new SpaceLimits(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 0));
        map(top - 1000 * PAGE, 1, RW, ANONYMOUS | Mman.MAP_FIXED);
        assertThat(space.resolve(top - (999 - 255) * PAGE, Access.STORE))
                .isEqualTo(Fault.NOT_MAPPED);
        assertThat(space.resolve(top - (999 - 256) * PAGE, Access.STORE)).isEqualTo(Fault.RESOLVED);
    }

    @Test
    void executablePagesThatChangeAreToldToTheCode() {
        map(A, 4, RW | Mman.PROT_EXEC, ANONYMOUS | Mman.MAP_FIXED);
        assertThat(space.fetch(hart, A >>> 12)).isPositive();
        int before = fixture.invalidations.get();
        space.user().writeByte(A, 1); // the zero page is replaced by an own one
        assertThat(fixture.invalidations.get()).isEqualTo(before + 1);
        space.protect(A, PAGE, RW);
        assertThat(fixture.invalidations.get()).isEqualTo(before + 2);
        assertThat(space.fetch(hart, A >>> 12)).isZero();
        space.unmap(A + PAGE, PAGE);
        assertThat(fixture.invalidations.get()).isEqualTo(before + 3);
        space.advise(A + 2 * PAGE, PAGE, Mman.MADV_DONTNEED);
        assertThat(fixture.invalidations.get()).isEqualTo(before + 4);
    }

    // ---- fork ----

    @Test
    void forkSharesFramesUntilOneSideWrites() {
        map(A, 4, RW, ANONYMOUS | Mman.MAP_FIXED);
        space.user().writeInt(A, 1);
        AddressSpace child = space.fork(fixture.tables.take());
        Hart childHart = new Hart(null);
        child.attach(childHart);
        int shared = fixture.used();
        assertThat(child.user().readInt(A)).isEqualTo(1);
        child.user().writeInt(A, 2);
        assertThat(fixture.used()).isEqualTo(shared + 1);
        assertThat(space.user().readInt(A)).isEqualTo(1);
        space.user().writeInt(A, 3); // the only owner now: no copy
        assertThat(fixture.used()).isEqualTo(shared + 1);
        assertThat(child.user().readInt(A)).isEqualTo(2);
        child.detach(childHart);
    }

    @Test
    void sharedMemoryStaysSharedAfterForkAndAdviceDecidesWhatIsInherited() {
        map(A, 1, RW, SHARED_ANONYMOUS | Mman.MAP_FIXED);
        map(A + PAGE, 1, RW, ANONYMOUS | Mman.MAP_FIXED);
        map(A + 2 * PAGE, 1, RW, ANONYMOUS | Mman.MAP_FIXED);
        space.user().writeInt(A + PAGE, 5);
        assertThat(space.advise(A + PAGE, PAGE, Mman.MADV_WIPEONFORK)).isZero();
        assertThat(space.advise(A + 2 * PAGE, PAGE, Mman.MADV_DONTFORK)).isZero();
        AddressSpace child = space.fork(fixture.tables.take());
        child.user().writeInt(A, 9);
        assertThat(space.user().readInt(A)).isEqualTo(9);
        assertThat(child.user().readInt(A + PAGE)).isZero();
        assertThat(space.user().readInt(A + PAGE)).isEqualTo(5);
        assertThat(child.resolve(A + 2 * PAGE, Access.LOAD)).isEqualTo(Fault.NOT_MAPPED);
        child.discard();
    }

    // ---- files ----

    @Test
    void privateMappingsSeeTheFileUntilTheyAreWritten() {
        TestFile file = new TestFile(fixture.frames, new byte[3 * (int) PAGE]);
        file.bytes[0] = 1;
        file.bytes[(int) PAGE] = 2;
        space.map(A, 3 * PAGE, RW, Mman.MAP_PRIVATE | Mman.MAP_FIXED, file, 0);
        space.map(A + 8 * PAGE, 3 * PAGE, RW, Mman.MAP_SHARED | Mman.MAP_FIXED, file, 0);
        assertThat(space.user().readByte(A)).isEqualTo((byte) 1);
        space.user().writeByte(A, 9);
        assertThat(space.user().readByte(A + 8 * PAGE)).isEqualTo((byte) 1);
        space.user().writeByte(A + 9 * PAGE, 7);
        assertThat(space.user().readByte(A + PAGE)).isEqualTo((byte) 7);
        assertThat(space.synchronizeFiles(A + 8 * PAGE, 3 * PAGE, Mman.MS_SYNC)).isZero();
        assertThat(file.bytes[(int) PAGE]).isEqualTo((byte) 7);
        assertThat(file.bytes[0]).isEqualTo((byte) 1);
        space.unmap(A, 16 * PAGE);
        assertThat(file.references.get()).isEqualTo(1);
        file.cache.close();
    }

    @Test
    void truncationTakesPagesOutOfMappings() {
        TestFile file = new TestFile(fixture.frames, new byte[4 * (int) PAGE]);
        java.util.Arrays.fill(file.bytes, (byte) 1);
        space.map(A, 4 * PAGE, RW, Mman.MAP_SHARED | Mman.MAP_FIXED, file, 0);
        assertThat(space.user().read(A, 4 * (int) PAGE)).containsOnly(1);
        file.truncate((int) PAGE + 100);
        assertThat(space.resolve(A + 2 * PAGE, Access.LOAD)).isEqualTo(Fault.NO_DATA);
        assertThat(space.user().readByte(A + PAGE + 99)).isEqualTo((byte) 1);
        assertThat(space.user().readByte(A + PAGE + 100)).isZero();
        space.unmap(A, 4 * PAGE);
        file.cache.close();
    }

    @Test
    void removedPagesOfSharedMemoryReadAsZerosEverywhere() {
        map(A, 4, RW, SHARED_ANONYMOUS | Mman.MAP_FIXED);
        space.user().writeInt(A + PAGE, 5);
        space.user().writeInt(A + 2 * PAGE, 6);
        AddressSpace child = space.fork(fixture.tables.take());
        assertThat(child.user().readInt(A + PAGE)).isEqualTo(5);
        assertThat(space.advise(A + PAGE, PAGE, Mman.MADV_REMOVE)).isZero();
        assertThat(child.user().readInt(A + PAGE)).isZero();
        assertThat(space.user().readInt(A + PAGE)).isZero();
        assertThat(space.user().readInt(A + 2 * PAGE)).isEqualTo(6);
        map(A, 1, RW, ANONYMOUS | Mman.MAP_FIXED);
        assertThat(space.advise(A, PAGE, Mman.MADV_REMOVE)).isEqualTo(-Errno.EINVAL);
        child.discard();
    }

    // ---- mremap ----

    @Test
    void mremapGrowsInPlaceOrMovesWithContents() {
        map(A, 2, RW, ANONYMOUS | Mman.MAP_FIXED);
        space.user().writeInt(A + PAGE, 42);
        assertThat(space.remap(A, 2 * PAGE, 4 * PAGE, 0, 0)).isEqualTo(A);
        map(A + 4 * PAGE, 1, Mman.PROT_READ, ANONYMOUS | Mman.MAP_FIXED);
        assertThat(space.remap(A, 4 * PAGE, 8 * PAGE, 0, 0)).isEqualTo(-Errno.ENOMEM);
        long moved = space.remap(A, 4 * PAGE, 8 * PAGE, Mman.MREMAP_MAYMOVE, 0);
        assertThat(moved).isPositive().isNotEqualTo(A);
        assertThat(space.user().readInt(moved + PAGE)).isEqualTo(42);
        assertThat(space.resolve(A, Access.LOAD)).isEqualTo(Fault.NOT_MAPPED);
        assertThat(space.remap(moved, 8 * PAGE, PAGE, 0, 0)).isEqualTo(moved);
        assertThat(space.virtualBytes()).isEqualTo(2 * PAGE);
    }

    @Test
    void mremapCanLeaveTheOldPlaceEmpty() {
        map(A, 2, RW, ANONYMOUS | Mman.MAP_FIXED);
        space.user().writeInt(A, 42);
        long moved =
                space.remap(A, 2 * PAGE, 2 * PAGE, Mman.MREMAP_MAYMOVE | Mman.MREMAP_DONTUNMAP, 0);
        assertThat(space.user().readInt(moved)).isEqualTo(42);
        assertThat(space.user().readInt(A)).isZero();
    }

    // ---- limits ----

    @Test
    void limitsOfAddressSpaceAndDataAreKept() {
        space.setLimits(new SpaceLimits(100 * PAGE, 20 * PAGE, 8 << 20, 4 * PAGE));
        assertThat(map(A, 101, Mman.PROT_READ, ANONYMOUS)).isEqualTo(-Errno.ENOMEM);
        assertThat(map(A, 21, RW, ANONYMOUS)).isEqualTo(-Errno.ENOMEM);
        assertThat(map(A, 20, RW, ANONYMOUS)).isEqualTo(A);
        assertThat(map(0, 80, Mman.PROT_READ, ANONYMOUS)).isPositive();
        assertThat(map(0, 1, Mman.PROT_READ, ANONYMOUS)).isEqualTo(-Errno.ENOMEM);
        assertThat(map(A, 20, RW, ANONYMOUS | Mman.MAP_FIXED)).isEqualTo(A);
        assertThat(space.lockPages(A, 5 * PAGE, false, false)).isEqualTo(-Errno.ENOMEM);
        assertThat(space.lockPages(A, 4 * PAGE, false, false)).isZero();
        assertThat(space.residentBytes()).isEqualTo(4 * PAGE);
    }

    @Test
    void theBreakMovesWithinItsLimits() {
        space.layout().breakStart = A;
        space.layout().breakEnd = A;
        assertThat(space.moveBreak(0)).isEqualTo(A);
        assertThat(space.moveBreak(A + 10000)).isEqualTo(A + 10000);
        space.user().writeByte(A + 10000, 1);
        assertThat(space.moveBreak(A + 100)).isEqualTo(A + 100);
        assertThat(space.resolve(A + 2 * PAGE, Access.LOAD)).isEqualTo(Fault.NOT_MAPPED);
        assertThat(space.moveBreak(A + 10001)).isEqualTo(A + 10001);
        assertThat(space.user().readByte(A + 10000)).isZero();
        map(A + 8 * PAGE, 1, RW, ANONYMOUS | Mman.MAP_FIXED);
        assertThat(space.moveBreak(A + 9 * PAGE)).isEqualTo(A + 10001);
    }

    @Test
    void exhaustedMemoryIsReportedAndTheSpaceGoesOn() {
        map(A, 4000, RW, ANONYMOUS | Mman.MAP_FIXED);
        long page = 0;
        Fault fault = Fault.RESOLVED;
        while (page < 4000 && fault == Fault.RESOLVED) {
            fault = space.resolve(A + page++ * PAGE, Access.STORE);
        }
        assertThat(fault).isEqualTo(Fault.OUT_OF_MEMORY);
        assertThat(page).isBetween(1900L, 2048L);
        assertThat(space.fork(fixture.tables.take())).isNull();
        space.unmap(A, 4000 * PAGE);
        map(A, 10, RW, ANONYMOUS | Mman.MAP_FIXED);
        assertThat(space.resolve(A, Access.STORE)).isEqualTo(Fault.RESOLVED);
    }

    @Test
    void cleanPagesOfFilesAreGivenUpBeforeMemoryIsExhausted() {
        TestFile file = new TestFile(fixture.frames, new byte[1500 * (int) PAGE]);
        for (int i = 0; i < 1500; i++) {
            fixture.memory.release(file.cache.acquire(i));
        }
        assertThat(file.cache.pageCount()).isEqualTo(1500);
        map(A, 1800, RW, ANONYMOUS | Mman.MAP_FIXED);
        for (long page = 0; page < 1800; page++) {
            assertThat(space.resolve(A + page * PAGE, Access.STORE)).isEqualTo(Fault.RESOLVED);
        }
        assertThat(file.cache.pageCount()).isLessThan(300);
        file.cache.close();
    }

    @Test
    void sparseReadsOfHugeMappingsAreBoundedByMemoryToo() {
        long size = 64L << 30;
        long huge = space.map(0, size, RW, ANONYMOUS | Mman.MAP_NORESERVE, null, 0);
        assertThat(huge).isPositive();
        Fault fault = Fault.RESOLVED;
        long chunks = 0;
        for (long at = huge; at < huge + size && fault == Fault.RESOLVED; at += 2 << 20) {
            fault = space.resolve(at, Access.LOAD);
            chunks++;
        }
        assertThat(fault).isEqualTo(Fault.OUT_OF_MEMORY);
        assertThat(chunks).isLessThan(1000);
    }

    @Test
    void thereIsALargestNumberOfRegions() {
        long result = 0;
        long mapped = 0;
        while (mapped < 70_000 && result >= 0) {
            int protection = mapped % 2 == 0 ? Mman.PROT_READ : Mman.PROT_NONE;
            result = map(A + mapped++ * PAGE, 1, protection, ANONYMOUS | Mman.MAP_FIXED);
        }
        assertThat(result).isEqualTo(-Errno.ENOMEM);
        assertThat(mapped).isBetween(65_000L, 65_530L);
    }
}
