package callgate.kernel.mm.exec;

import static callgate.machine.memory.RawMemory.RAW;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mman;
import callgate.kernel.mm.AddressSpace;
import callgate.kernel.mm.FramePool;
import callgate.kernel.mm.MappedFile;
import callgate.kernel.mm.PageSource;
import callgate.machine.memory.PhysMem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * The shared object that every program gets from the kernel (vdso(7)), built from guest/vdso. One
 * copy is in physmem and shared by all address spaces. Thread-safe.
 */
public final class Vdso implements MappedFile, PageSource {
    private static final String RESOURCE = "vdso.so";

    /** {@code li a7, 139; ecall}: rt_sigreturn. */
    private static final byte[] SIGNAL_RETURN = {
        (byte) 0x93, 0x08, (byte) 0xb0, 0x08, 0x73, 0, 0, 0
    };

    private final PhysMem memory;
    private final int[] pages;
    private final int signalReturnOffset;

    Vdso(FramePool frames) {
        memory = frames.memory();
        byte[] image = image();
        pages = new int[(image.length + PhysMem.PAGE_SIZE - 1) / PhysMem.PAGE_SIZE];
        for (int i = 0; i < pages.length; i++) {
            pages[i] = frames.allocate();
            if (pages[i] == 0) {
                throw new IllegalArgumentException("physical memory has no room for the vDSO");
            }
            int offset = i * PhysMem.PAGE_SIZE;
            RAW.copyIn(
                    image,
                    offset,
                    memory.address(pages[i]),
                    Math.min(PhysMem.PAGE_SIZE, image.length - offset));
        }
        signalReturnOffset = indexOf(image, SIGNAL_RETURN);
    }

    private static byte[] image() {
        try (InputStream in = Vdso.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(
                        "the resource " + RESOURCE + " is missing; see guest/vdso/build.sh");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int indexOf(byte[] image, byte[] pattern) {
        for (int at = 0; at + pattern.length <= image.length; at += 2) {
            if (Arrays.equals(image, at, at + pattern.length, pattern, 0, pattern.length)) {
                return at;
            }
        }
        throw new IllegalStateException("the vDSO has no rt_sigreturn");
    }

    /** Maps the vDSO where there is room, and notes where in the space's layout. */
    void map(AddressSpace space) {
        long length = (long) pages.length << PhysMem.PAGE_SHIFT;
        long address =
                space.mapNamed(
                        0,
                        length,
                        Mman.PROT_READ | Mman.PROT_EXEC,
                        Mman.MAP_PRIVATE,
                        this,
                        0,
                        "[vdso]");
        if (address < 0) {
            throw new ErrnoException((int) -address);
        }
        space.layout().vdso = address;
        space.layout().signalReturn = address + signalReturnOffset;
    }

    // ---- its pages ----

    @Override
    public int page(long index) {
        int frame = pageIfPresent(index);
        return frame == 0 ? BEYOND_END : frame;
    }

    @Override
    public int pageIfPresent(long index) {
        if (index >= pages.length) {
            return 0;
        }
        memory.retain(pages[(int) index]);
        return pages[(int) index];
    }

    @Override
    public void willWrite(long index, int frame) {}

    @Override
    public int writeBack(long firstIndex, long count) {
        return 0;
    }

    @Override
    public void mapped(AddressSpace space, long firstIndex, long count) {}

    @Override
    public void unmapped(AddressSpace space, long firstIndex, long count) {}

    // ---- the file that it is not ----

    @Override
    public PageSource pages() {
        return this;
    }

    @Override
    public void retain() {}

    @Override
    public void release() {}

    @Override
    public int punch(long offset, long lengthBytes) {
        return -Errno.EOPNOTSUPP;
    }

    @Override
    public String path() {
        return "[vdso]";
    }

    @Override
    public long device() {
        return 0;
    }

    @Override
    public long inodeNumber() {
        return 0;
    }

    @Override
    public boolean isWritable() {
        return false;
    }

    @Override
    public boolean isExecutable() {
        return true;
    }
}
