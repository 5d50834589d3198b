package callgate.machine.jit;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;

import callgate.machine.memory.PageTable;
import callgate.machine.memory.PhysMem;
import callgate.machine.memory.RawMemory;
import callgate.machine.memory.UnsafeAccess;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/**
 * Emits the fast path of loads and stores: test of range and alignment, one look at the page table,
 * the access. What is not fast leaves the unit before the instruction, and the engine does it.
 *
 * <p>All is emitted into the unit, without helpers: C2 stops inlining into a method at 8000
 * bytecodes, those of inlined methods counted.
 */
final class AccessEmitter {
    private static final ClassDesc CD_RAW = RawMemory.class.describeConstable().orElseThrow();
    private static final ClassDesc CD_UNSAFE_ACCESS =
            UnsafeAccess.class.describeConstable().orElseThrow();
    private static final ClassDesc CD_UNSAFE = ClassDesc.of("jdk.internal.misc.Unsafe");
    private static final boolean UNSAFE = RawMemory.isUnsafe();

    private static final long RANGE = -PageTable.ADDRESS_LIMIT;
    private static final long PAGE_MASK = -PhysMem.PAGE_SIZE;

    private final CodeBuilder code;
    private final Locals locals;

    AccessEmitter(CodeBuilder code, Locals locals) {
        this.code = code;
        this.locals = locals;
    }

    /**
     * Computes the host address of a single access into local variable {@code result}, or goes to
     * {@code slow}.
     */
    void emitTranslation(Step step, int result, Label slow) {
        AccessShape access = step.meaning().access;
        pushAddress(step.rs1(), step.instruction().imm());
        code.dup2().lstore(result);
        code.loadConstant(RANGE | access.width() - 1).land().lconst_0().lcmp().ifne(slow);
        emitLookup(access.isStore(), result, locals.firstTemporary(), slow);
        code.lload(result).ladd().lstore(result);
    }

    /**
     * Computes the host address that a group's base register has into local variable {@code
     * result}, or goes to {@code slow}.
     */
    void emitTranslation(AccessGroup group, int result, Label slow) {
        pushAddress(group.base(), group.anchor());
        code.dup2().lstore(result);
        code.loadConstant(RANGE | group.width() - 1).land();
        code.lload(result)
                .loadConstant((long) group.span() - 1)
                .ladd()
                .lload(result)
                .lxor()
                .loadConstant(PAGE_MASK)
                .land();
        code.lor().lconst_0().lcmp().ifne(slow);
        emitLookup(group.stores(), result, locals.firstTemporary(), slow);
        locals.push(code, Registers.integer(group.base()));
        code.ladd().lstore(result);
    }

    /**
     * What is remembered of the page that a walking base register was in: two locals, and 0 as the
     * delta if nothing is.
     */
    record Remembered(int page, int delta) {}

    void emitForget(Remembered remembered) {
        code.lconst_0().dup2().lstore(remembered.delta).lstore(remembered.page);
    }

    /**
     * As the translation of a single access or a group, with the page looked up by the code at
     * {@code lookUp} only if it is another than the one remembered. The result is the host address
     * of the access, or of the group's anchor.
     */
    void emitRememberedTranslation(
            Span span, Remembered remembered, int result, Label lookUp, Label found) {
        pushAddress(span.base, span.anchor);
        code.dup2().lstore(result);
        code.lload(remembered.page).lxor().loadConstant(PAGE_MASK | span.width - 1).land();
        if (span.bytes > span.width) {
            code.lload(result)
                    .loadConstant((long) span.bytes - 1)
                    .ladd()
                    .lload(remembered.page)
                    .lxor()
                    .loadConstant(PAGE_MASK)
                    .land()
                    .lor();
        }
        code.lconst_0().lcmp().ifne(lookUp);
        code.lload(remembered.delta).lconst_0().lcmp().ifeq(lookUp);
        code.labelBinding(found).lload(result).lload(remembered.delta).ladd().lstore(result);
    }

    /**
     * The code that {@link #emitRememberedTranslation} goes to; it ends by going to {@code found},
     * or to {@code slow}.
     */
    void emitLookUp(
            Span span, Remembered remembered, int result, int temporary, Label slow, Label found) {
        code.lload(result).loadConstant(RANGE | span.width - 1).land();
        if (span.bytes > span.width) {
            code.lload(result)
                    .loadConstant((long) span.bytes - 1)
                    .ladd()
                    .lload(result)
                    .lxor()
                    .loadConstant(PAGE_MASK)
                    .land()
                    .lor();
        }
        code.lconst_0().lcmp().ifne(slow);
        emitLookup(span.isStore, result, temporary, slow);
        code.lstore(remembered.delta)
                .lload(result)
                .loadConstant(PAGE_MASK)
                .land()
                .lstore(remembered.page)
                .goto_(found);
    }

    /**
     * What is accessed: {@code bytes} from the base register's value plus {@code anchor} on,
     * aligned to {@code width}.
     */
    record Span(int base, int anchor, int bytes, int width, boolean isStore) {
        static Span of(Step step) {
            AccessShape access = step.meaning().access;
            return new Span(
                    step.rs1(),
                    step.instruction().imm(),
                    access.width(),
                    access.width(),
                    access.isStore());
        }

        static Span of(AccessGroup group) {
            return new Span(
                    group.base(), group.anchor(), group.span(), group.width(), group.stores());
        }
    }

    private void pushAddress(int base, int offset) {
        locals.push(code, Registers.integer(base));
        if (offset != 0) {
            code.loadConstant((long) offset).ladd();
        }
    }

    /**
     * Pushes the delta of the page of the guest address in a local variable; goes to {@code slow}
     * if it is 0.
     */
    private void emitLookup(boolean isStore, int address, int temporary, Label slow) {
        pushRaw();
        code.lload(Locals.TABLE).lload(address).loadConstant(PhysMem.PAGE_SHIFT).lushr();
        code.loadConstant(PageTable.ENTRY_SHIFT).lshl().ladd();
        if (isStore) {
            code.loadConstant((long) PageTable.WRITE_DELTA).ladd();
        }
        invokeRaw("getLong", CD_long);
        code.dup2().lstore(temporary).lconst_0().lcmp().ifeq(slow).lload(temporary);
    }

    /** Pushes what a raw access is made on; the address comes next. */
    void pushRaw() {
        if (UNSAFE) {
            code.getstatic(CD_UNSAFE_ACCESS, "UNSAFE", CD_UNSAFE).aconst_null();
        } else {
            code.getstatic(CD_RAW, "RAW", CD_RAW);
        }
    }

    /** The raw access itself: the address, and the value for a store, are on the stack. */
    void invokeRaw(AccessShape access) {
        String name = (access.isStore() ? "put" : "get") + access.typeName();
        if (access.isStore()) {
            MethodTypeDesc type = MethodTypeDesc.of(CD_void, CD_long, access.type());
            code.invokevirtual(
                    UNSAFE ? CD_UNSAFE : CD_RAW,
                    name,
                    UNSAFE ? type.insertParameterTypes(0, CD_Object) : type);
        } else {
            invokeRaw(name, access.type());
        }
    }

    private void invokeRaw(String name, ClassDesc result) {
        MethodTypeDesc type = MethodTypeDesc.of(result, CD_long);
        code.invokevirtual(
                UNSAFE ? CD_UNSAFE : CD_RAW,
                name,
                UNSAFE ? type.insertParameterTypes(0, CD_Object) : type);
    }
}
