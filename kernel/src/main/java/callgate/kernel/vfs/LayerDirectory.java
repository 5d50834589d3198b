package callgate.kernel.vfs;

import java.util.List;

/**
 * A directory of a layer that says what it hides of the layers below it. Inodes implement it; those
 * that do not hide nothing.
 */
public interface LayerDirectory {
    /** Whether a name is absent here and hidden below. */
    boolean hides(String name);

    /** All names that are hidden below. */
    List<String> hiddenNames();

    /** Whether everything in this directory is hidden below. */
    boolean isOpaque();
}
