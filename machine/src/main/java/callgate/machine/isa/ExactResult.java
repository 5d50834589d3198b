package callgate.machine.isa;

/**
 * Proofs that a result of the host's arithmetic is exact, so that it is right in every rounding
 * mode and raises no flag. They serve programs whose results are all exact, such as sums of small
 * integers, where {@link SoftFloat} can't rely on NX being raised.
 *
 * <p>{@code false} proves nothing. The sign of an exact sum of zero still depends on the rounding
 * mode. The error terms are those of Knuth's TwoSum and of fused multiply-add; the bounds keep them
 * clear of overflow and underflow.
 */
final class ExactResult {
    private static final double LARGE = 0x1p1000;
    private static final double SMALL = 0x1p-900;

    private ExactResult() {}

    static boolean isSum(double x, double y, double sum) {
        double yRounded = sum - x;
        double error = (x - (sum - yRounded)) + (y - yRounded);
        return error == 0 && Math.abs(x) + Math.abs(y) < LARGE;
    }

    static boolean isProduct(double x, double y, double product) {
        double size = Math.abs(product);
        return size > SMALL
                ? size <= Double.MAX_VALUE && Math.fma(x, y, -product) == 0
                : product == 0 && (x == 0 || y == 0);
    }

    static boolean isQuotient(double x, double y, double quotient) {
        double size = Math.abs(quotient);
        return size > Double.MIN_NORMAL
                ? size <= Double.MAX_VALUE && Math.abs(x) > SMALL && Math.fma(-quotient, y, x) == 0
                : quotient == 0 && x == 0;
    }

    static boolean isRoot(double x, double root) {
        return x > SMALL && root <= Double.MAX_VALUE && Math.fma(-root, root, x) == 0;
    }

    static boolean isProductAndSum(double x, double y, double z, double result) {
        double product = x * y;
        return isProduct(x, y, product) && isSum(product, z, result);
    }

    /** Whether a double that is an exact result is a single precision number too. */
    static boolean isSingle(double exact) {
        return (float) exact == exact && Math.abs(exact) <= Float.MAX_VALUE;
    }
}
