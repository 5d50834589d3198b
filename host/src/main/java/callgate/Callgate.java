package callgate;

/** The version of this build. */
public final class Callgate {
    private Callgate() {}

    /** The version, such as {@code 0.1.0-SNAPSHOT}. */
    public static String version() {
        return "0.1.0-SNAPSHOT";
    }
}
