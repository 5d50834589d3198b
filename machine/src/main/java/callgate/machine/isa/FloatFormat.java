package callgate.machine.isa;

/**
 * A binary interchange format of IEEE 754-2019 §3.4. Bit patterns stand in the low bits of a {@code
 * long}, the bits above are 0.
 *
 * <pre>
 *   | sign 1 | exponent field | fraction, precision - 1 bits |
 * </pre>
 *
 * @param precision bits of the significand, the implied leading one included
 * @param exponentBits bits of the exponent field
 */
record FloatFormat(int precision, int exponentBits) {
    static final FloatFormat BINARY32 = new FloatFormat(24, 8);
    static final FloatFormat BINARY64 = new FloatFormat(53, 11);

    int bias() {
        return (1 << (exponentBits - 1)) - 1;
    }

    /** The exponent field of infinities and NaNs. */
    int specialField() {
        return (1 << exponentBits) - 1;
    }

    long signBit() {
        return 1L << (precision + exponentBits - 1);
    }

    /** The implied bit of normal significands; as a bit pattern, the smallest normal number. */
    long impliedBit() {
        return 1L << (precision - 1);
    }

    long infinity() {
        return (long) specialField() << (precision - 1);
    }

    /**
     * The only NaN that RISC-V arithmetic makes: positive, quiet, no payload ("NaN Generation and
     * Propagation").
     */
    long canonicalNaN() {
        return infinity() | quietBit();
    }

    long largestFinite() {
        return infinity() - 1;
    }

    private long quietBit() {
        return impliedBit() >>> 1;
    }

    long sign(long bits) {
        return bits & signBit();
    }

    long magnitude(long bits) {
        return bits & (signBit() - 1);
    }

    boolean isNegative(long bits) {
        return sign(bits) != 0;
    }

    boolean isZero(long bits) {
        return magnitude(bits) == 0;
    }

    boolean isInfinite(long bits) {
        return magnitude(bits) == infinity();
    }

    boolean isNaN(long bits) {
        return magnitude(bits) > infinity();
    }

    boolean isSignalingNaN(long bits) {
        return isNaN(bits) && (bits & quietBit()) == 0;
    }

    /** Of a finite number that is not zero: {@code e} with magnitude in [2^e, 2^(e+1)). */
    int exponent(long bits) {
        long magnitude = magnitude(bits);
        int field = (int) (magnitude >>> (precision - 1));
        return field != 0
                ? field - bias()
                : 1 - bias() - Long.numberOfLeadingZeros(magnitude) + (64 - precision);
    }

    /**
     * Of a finite number that is not zero: magnitude / 2^exponent, at least 1 and below 2, as an
     * unsigned number with 63 fraction bits.
     */
    long significand(long bits) {
        long magnitude = magnitude(bits);
        return magnitude >= impliedBit()
                ? (magnitude | impliedBit()) << (64 - precision)
                : magnitude << Long.numberOfLeadingZeros(magnitude);
    }
}
