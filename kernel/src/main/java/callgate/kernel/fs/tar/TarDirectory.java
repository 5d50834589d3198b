package callgate.kernel.fs.tar;

import callgate.kernel.vfs.DirectoryEmitter;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.LayerDirectory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A directory of a layer. */
final class TarDirectory extends TarInode implements LayerDirectory {
    /** Listing offsets below it stand for {@code .} and {@code ..}. */
    private static final int FIRST_OFFSET = 2;

    private final TarFs fileSystem;
    private final int number;

    TarDirectory(TarFs fileSystem, int number) {
        this.fileSystem = fileSystem;
        this.number = number;
        super(fileSystem, number);
    }

    @Override
    public Inode lookup(String name) {
        int child = index().lookup(number, name.getBytes(StandardCharsets.ISO_8859_1));
        return child > LayerIndex.WHITEOUT ? fileSystem.inode(child) : null;
    }

    @Override
    public long list(long offset, DirectoryEmitter emitter) {
        int count = index().childCount(number);
        for (long position = Math.max(0, offset - FIRST_OFFSET); position < count; position++) {
            int child = index().childInode(number, (int) position);
            if (child == LayerIndex.WHITEOUT) {
                continue;
            }
            String name = name((int) position);
            if (!emitter.emit(
                    name, child, index().mode(child) >>> 12, position + FIRST_OFFSET + 1)) {
                break;
            }
        }
        return 0;
    }

    private String name(int position) {
        return new String(index().childName(number, position), StandardCharsets.ISO_8859_1);
    }

    // ---- what it hides ----

    @Override
    public boolean hides(String name) {
        return index().lookup(number, name.getBytes(StandardCharsets.ISO_8859_1))
                == LayerIndex.WHITEOUT;
    }

    @Override
    public List<String> hiddenNames() {
        List<String> hidden = new ArrayList<>();
        int count = index().childCount(number);
        for (int position = 0; position < count; position++) {
            if (index().childInode(number, position) == LayerIndex.WHITEOUT) {
                hidden.add(name(position));
            }
        }
        return hidden;
    }

    @Override
    public boolean isOpaque() {
        return index().isOpaque(number);
    }
}
