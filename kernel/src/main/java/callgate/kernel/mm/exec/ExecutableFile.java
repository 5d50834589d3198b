package callgate.kernel.mm.exec;

import callgate.kernel.mm.MappedFile;

/**
 * A file opened for execution: readable by the kernel, and mappable. The opener has checked that
 * the caller may execute it.
 */
public interface ExecutableFile extends MappedFile {
    /**
     * Reads up to {@code lengthBytes} bytes at {@code offset}, as many as there are.
     *
     * @return how many were read, 0 at the end, or a negative errno
     */
    int read(long offset, byte[] to, int start, int lengthBytes);
}
