package callgate.machine.jit;

/**
 * What one look at the page table is for: {@code bytes} from the base register's value plus {@code
 * anchor} on, by a single access or a group.
 *
 * @param first the access, or the first one of the group
 * @param width of the widest access: if the anchor is aligned to it, all accesses are aligned
 * @param isStore if the page must be writable
 */
record AccessSpan(Step first, int base, int anchor, int bytes, int width, boolean isStore) {
    static AccessSpan of(Step step) {
        AccessShape access = step.meaning().access;
        int width = access.width();
        return new AccessSpan(
                step, step.rs1(), step.instruction().imm(), width, width, access.isStore());
    }

    static AccessSpan of(AccessGroup group) {
        return new AccessSpan(
                group.first(),
                group.base(),
                group.anchor(),
                group.span(),
                group.width(),
                group.stores());
    }
}
