package callgate.machine.fuzz;

/**
 * A few instructions that only make sense together; the unit that shrinking takes away.
 *
 * @param encodings 32-bit ones, and compressed ones (their lowest two bits are not both set)
 * @param skipped if not 0, the last instruction is a branch or JAL over this many of the following
 *     fragments
 */
record Fragment(int[] encodings, int skipped) {
    Fragment(int... encodings) {
        this(encodings, 0);
    }

    static int length(int encoding) {
        return (encoding & 3) == 3 ? 4 : 2;
    }

    int lengthBytes() {
        int length = 0;
        for (int encoding : encodings) {
            length += length(encoding);
        }
        return length;
    }
}
