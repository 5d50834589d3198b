/**
 * Unpacks Zstandard (RFC 8878), without dictionaries. Internal to {@code callgate.image}.
 *
 * <p>Own code, since the known libraries are native, or use access to raw memory that the JDK is
 * about to remove. It need not be the fastest; it must be right, and bounded whatever comes in:
 * {@code ZstdInputStream} reads frames, {@code Blocks} turns a block into bytes, with {@code
 * Huffman} for literals and {@code Fse} for the rest. Section numbers in comments are those of RFC
 * 8878.
 */
package callgate.image.zstd;
