package callgate.kernel.task;

/** Told of what tasks do, for {@code --strace}. Called on the task's own thread. */
public interface Trace {
    /** Nothing is traced. */
    Trace OFF =
            new Trace() {
                @Override
                public void signal(Task task, SignalInfo info) {}

                @Override
                public void exit(Task task) {}
            };

    /** A task takes a signal. */
    void signal(Task task, SignalInfo info);

    /** A task ends. */
    void exit(Task task);
}
