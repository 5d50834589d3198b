package callgate.machine.interpreter;

/**
 * Translated code with the region it belongs to: it may run in every address space that the region
 * is valid in.
 *
 * @param entry the guest address at which it begins
 * @param pages every page that a byte of the translated guest code came from
 */
public record Translation(
        long entry, CompiledCode code, CodeRegion region, java.util.List<CodePage> pages) {}
