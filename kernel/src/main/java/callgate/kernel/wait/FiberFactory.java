package callgate.kernel.wait;

import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Makes virtual threads that a scheduler of ours runs. The JDK has them, but no public way to make
 * one: its package {@code java.lang} must be open to this module ({@code --add-opens
 * java.base/java.lang=callgate.kernel}). Thread-safe.
 */
final class FiberFactory {
    private final Constructor<?> constructor;

    private FiberFactory(Constructor<?> constructor) {
        this.constructor = constructor;
    }

    /** Empty if this JVM does not let us. */
    static Optional<FiberFactory> find() {
        try {
            Constructor<?> found =
                    Class.forName("java.lang.VirtualThread")
                            .getDeclaredConstructor(
                                    Executor.class, String.class, int.class, Runnable.class);
            found.setAccessible(true);
            return Optional.of(new FiberFactory(found));
        } catch (ReflectiveOperationException | InaccessibleObjectException closed) {
            return Optional.empty();
        }
    }

    /**
     * A thread, not yet started. The scheduler gets what is to be run on a platform thread each
     * time that it can go on.
     */
    Thread newThread(Executor scheduler, String name, Runnable body) {
        try {
            return (Thread) constructor.newInstance(scheduler, name, 0, body);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new AssertionError(e.getCause());
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
