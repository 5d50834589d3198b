package callgate.kernel.vfs;

/** Takes the entries of a directory one by one. */
@FunctionalInterface
public interface DirectoryEmitter {
    /**
     * @param nextOffset where a later listing goes on after this entry
     * @param type DT_* of the entry: file type bits of the mode, shifted right by 12
     * @return false if there was no room for it; the listing ends before it
     */
    boolean emit(String name, long inode, int type, long nextOffset);
}
