package callgate.bench;

import java.util.List;

/** What a case runs, the same on every peer. */
sealed interface Work {
    /**
     * A program of {@code guest/bench}, which times itself and checks what it does.
     *
     * @param measure the word in its output that the figure follows
     * @param quickArguments appended for a quick run
     */
    record Built(
            String program, List<String> arguments, String measure, List<String> quickArguments)
            implements Work {}

    /**
     * A command, started in the folder of {@link WorkFiles} and timed from the fork to its end.
     *
     * @param times how often in each round
     * @param proof a command that prints what the timed one wrote into files; empty if that prints
     *     its results itself
     * @param sameOutput among whom output and proof must be equal
     */
    record Launched(int times, List<String> command, List<String> proof, Agreement sameOutput)
            implements Work {}

    /** A peer started from the host's shell to run {@code true}. */
    record FromShell(int times) implements Work {}

    /** A shell that waits for input, the memory of which is measured instead of a time. */
    record Waiting() implements Work {}

    /** Among whom outputs must be equal. */
    enum Agreement {
        EVERYWHERE,
        /** The output depends on the processor: equal among peers with the same one. */
        SAME_PROCESSOR
    }
}
