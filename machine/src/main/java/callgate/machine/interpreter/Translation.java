package callgate.machine.interpreter;

/**
 * Translated code with the pages it was made from. It may run in every address space that holds exactly these pages, which the engine checks before it
 * enters.
 */
public final class Translation {
    private final CompiledCode code;
    private final CodePage[] pages;
    private volatile Epoch checked;

    /**
     * @param pages every page that a byte of the translated guest code came from, also the pages of code that is called directly,
     *     without a return to the engine
     */
    public Translation(CompiledCode code, CodePage... pages) {
        this.code = code;
        this.pages = pages.clone();
    }

    /** The code itself. */
    public CompiledCode code() {
        return code;
    }

    /** True if all pages are what {@code space} now has at their addresses. Cheap when asked again for the same space. */
    public boolean isValidIn(GuestCode space) {
        Epoch epoch = space.epoch();
        return checked == epoch || check(space, epoch);
    }

    private boolean check(GuestCode space, Epoch epoch) {
        for (CodePage page : pages) {
            if (space.known(page.number()) != page) {
                return false;
            }
        }
        checked = epoch;
        return true;
    }
}
