package callgate.bench;

import callgate.Sandbox;
import callgate.SandboxException;
import java.io.IOException;

/** A sandbox that is made when it is first asked for. Not thread-safe. */
final class LazySandbox implements AutoCloseable {
    /** Makes it. */
    interface Maker {
        Sandbox make() throws IOException;
    }

    private final Maker maker;
    private Sandbox sandbox;
    private String failure;

    LazySandbox(Maker maker) {
        this.maker = maker;
    }

    /**
     * The sandbox.
     *
     * @throws IOException why it cannot be made; said again each time, without another attempt
     */
    Sandbox get() throws IOException {
        if (sandbox == null && failure == null) {
            try {
                sandbox = maker.make();
            } catch (IOException | SandboxException e) {
                failure = e.getMessage();
            }
        }
        if (failure != null) {
            throw new IOException(failure);
        }
        return sandbox;
    }

    @Override
    public void close() {
        if (sandbox != null) {
            sandbox.close();
        }
    }
}
