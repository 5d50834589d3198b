package callgate.machine.fuzz;

import java.util.List;

/**
 * Random instructions and the state they start from.
 *
 * @param state words: x1 to x30, f0 to f31, fcsr, then the bytes of scratch memory; see {@link
 *     FuzzProgram}
 */
record FuzzCase(long[] state, List<Fragment> fragments) {
    FuzzCase with(List<Fragment> other) {
        return new FuzzCase(state, other);
    }

    int instructionCount() {
        return fragments.stream().mapToInt(fragment -> fragment.encodings().length).sum();
    }
}
