/**
 * Reading and writing of tar archives, and of the compressions around them. Internal to {@code
 * callgate.image}.
 *
 * <p>Own code, since an image needs what general libraries hide: the offset of each file's data,
 * names as bytes, and a refusal (never a guess) at whatever is damaged. Formats: POSIX.1-2001 pax
 * interchange format (IEEE Std 1003.1, pax(1)), and GNU tar's additions (its manual, "Basic Tar
 * Format"). {@code TarReader} and {@code TarWriter} belong to one thread each.
 */
package callgate.image.tar;
