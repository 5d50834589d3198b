package callgate.machine.jit;

import static java.lang.constant.ConstantDescs.CD_Long;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_int;
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
    private static final MethodTypeDesc COMPARE_TYPE = MethodTypeDesc.of(CD_int, CD_long, CD_long);
    private static final boolean UNSAFE = RawMemory.isUnsafe();

    private static final long RANGE = -PageTable.ADDRESS_LIMIT;
    private static final long PAGE_MASK = -PhysMem.PAGE_SIZE;
    private static final int ENTRY_OFFSET_SHIFT = PhysMem.PAGE_SHIFT - PageTable.ENTRY_SHIFT;
    private static final int TABLE_BITS =
            Long.numberOfTrailingZeros(PageTable.ADDRESS_LIMIT) - ENTRY_OFFSET_SHIFT;

    private final CodeBuilder code;
    private final Locals locals;
    private final NarrowPointers pointers;

    AccessEmitter(CodeBuilder code, Locals locals, NarrowPointers pointers) {
        this.code = code;
        this.locals = locals;
        this.pointers = pointers;
    }

    /**
     * Computes the host address of the span's anchor into local variable {@code result}, or goes to
     * {@code slow}.
     *
     * <p>The address shifted is the offset of the page's entry in the table, with the place in the
     * page below it: too large if the address is out of range. A span that ends in another page
     * sets the bit of the limit. The address is rotated first by the bits that must be 0, so that
     * it is too large also if it is misaligned; a sum with a constant is not, since the JVM's
     * compiler takes it apart and does not find the rotation.
     */
    void emitTranslation(AccessSpan span, int result, Label slow) {
        int entry = locals.firstTemporary();
        int alignedBits = Integer.numberOfTrailingZeros(span.width());
        int rotation = span.anchor() == 0 ? alignedBits : 0;
        pushAddress(span.base(), span.anchor());
        code.dup2().lstore(result);
        if (rotation != 0) {
            code.loadConstant(rotation);
            code.invokestatic(CD_Long, "rotateRight", MethodTypeDesc.of(CD_long, CD_long, CD_int));
        } else if (alignedBits != 0) {
            code.loadConstant((long) span.width() - 1).land().lconst_0().lcmp().ifne(slow);
            code.lload(result);
        }
        code.loadConstant(ENTRY_OFFSET_SHIFT - rotation).lushr();
        code.dup2().lstore(entry);
        if (span.bytes() > span.width()) {
            code.lload(result).loadConstant((long) span.bytes() - 1).ladd().lload(result).lxor();
            code.loadConstant(TABLE_BITS - PhysMem.PAGE_SHIFT).lshl().lor();
        }
        code.loadConstant(1L << TABLE_BITS);
        code.invokestatic(CD_Long, "compareUnsigned", COMPARE_TYPE).ifge(slow);
        emitLookup(span.isStore(), entry, slow);
        code.lload(result).ladd().lstore(result);
    }

    void emitForget(RememberedRuns.Memory memory) {
        code.lconst_0().lstore(memory.room);
        if (memory.isGuarded()) {
            code.lconst_0().lstore(memory.guardRoom());
        }
    }

    /** Goes to {@code outside} unless all guarded accesses off the register are in the run. */
    void emitGuard(RememberedRuns.Memory memory, Label outside) {
        locals.push(code, Registers.integer(memory.base()));
        code.loadConstant(memory.lowest()).ladd();
        code.lload(memory.start).lsub().lload(memory.guardRoom());
        code.invokestatic(CD_Long, "compareUnsigned", COMPARE_TYPE).ifge(outside);
    }

    /** As {@link #emitRememberedTranslation} of an access that is guarded. */
    void emitGuardedTranslation(
            AccessSpan span, RememberedRuns.Memory memory, Sum sum, int result) {
        if (sum == null) {
            pushAddress(span.base(), span.anchor());
            code.lload(memory.delta).ladd().lstore(result);
        } else {
            emitSum(span, memory, sum, result);
        }
    }

    /** Makes a memory's variables have values at all. */
    void emitInitial(RememberedRuns.Memory memory) {
        code.lconst_0().lstore(memory.start).lconst_0().lstore(memory.delta);
        emitNextDelta(memory);
        emitForget(memory);
    }

    /** Gives shadows the low halves of their registers, which is all of them if they are equal. */
    void emitShadows() {
        for (long rest = pointers.tracked(); rest != 0; rest &= rest - 1) {
            int register = Long.numberOfTrailingZeros(rest);
            if ((pointers.compared() & rest & -rest) == 0) {
                code.lconst_0();
            } else {
                locals.push(code, rest & -rest);
                code.l2i().i2l();
            }
            code.lstore(pointers.shadow(register));
        }
    }

    /** Goes to {@code different} unless all shadows that matter are equal to their registers. */
    void emitComparisons(Label different) {
        for (long rest = pointers.compared(); rest != 0; rest &= rest - 1) {
            int shadow = pointers.shadow(Long.numberOfTrailingZeros(rest));
            locals.push(code, rest & -rest);
            code.lload(shadow).lcmp().ifne(different);
            code.lload(shadow).lstore(locals.slot(rest & -rest));
        }
        pointers.beginEqual();
    }

    /**
     * Loads the shadow of what an instruction loads, if it does so off a register with a shadow.
     */
    void emitShadowLoad(Step step, RememberedRuns.Memory memory) {
        if (!pointers.isLoaded(step) || !pointers.isEqual(step.rs1()) || memory == null) {
            return;
        }
        pushRaw();
        code.lload(memory.nextDelta()).lload(pointers.shadow(step.rs1())).ladd();
        code.loadConstant(step.instruction().imm() - 1L).ladd();
        invokeRaw("getInt", CD_int);
        code.i2l().lstore(pointers.shadow(step.rd()));
    }

    private void emitNextDelta(RememberedRuns.Memory memory) {
        if (memory.nextDelta() != 0) {
            code.lload(memory.delta).lconst_1().ladd().lstore(memory.nextDelta());
        }
    }

    /** A register that does not change in the loop, and a local variable. */
    record Sum(int constant, int other) {}

    /**
     * As {@link #emitTranslation}, by what is remembered; the run is looked up by the code at
     * {@code lookUp} only if the access is not in it.
     *
     * @param sum what the base register is the sum of, if known: the host address then is there
     *     sooner
     */
    void emitRememberedTranslation(
            AccessSpan span,
            RememberedRuns.Memory memory,
            Sum sum,
            int result,
            Label lookUp,
            Label found) {
        pushAddress(span.base(), span.anchor());
        code.dup2().lstore(result);
        emitOutsideTest(memory);
        code.ifge(lookUp);
        code.labelBinding(found);
        if (sum == null) {
            code.lload(result).lload(memory.delta).ladd().lstore(result);
        } else {
            emitSum(span, memory, sum, result);
        }
    }

    private void emitSum(AccessSpan span, RememberedRuns.Memory memory, Sum sum, int result) {
        locals.push(code, Registers.integer(sum.constant()));
        code.lload(memory.delta).ladd().lload(sum.other());
        if (span.anchor() != 0) {
            code.loadConstant((long) span.anchor()).ladd();
        }
        code.ladd().lstore(result);
    }

    /** Guest address on the stack: negative if it is one that the memory has room at. */
    private void emitOutsideTest(RememberedRuns.Memory memory) {
        code.lload(memory.start).lsub().lload(memory.room);
        code.invokestatic(CD_Long, "compareUnsigned", COMPARE_TYPE);
    }

    /**
     * The code that {@link #emitRememberedTranslation} goes to; it ends by going to {@code found},
     * or to {@code slow}. It calls nothing: the JVM would keep what lives across a call in memory,
     * in the whole loop.
     */
    void emitLookUp(
            AccessSpan span,
            RememberedRuns.Memory memory,
            int result,
            int temporary,
            Label slow,
            Label found) {
        code.lload(result).loadConstant(RANGE).land().lconst_0().lcmp().ifne(slow);
        pushWord(span.isStore(), result);
        code.dup2().lstore(memory.delta).lconst_0().lcmp().ifeq(slow);
        pushReach(memory.delta, PageTable.BACK_SHIFT);
        code.dup().istore(temporary).i2l().loadConstant(PhysMem.PAGE_SHIFT).lshl().lneg();
        code.lload(result).loadConstant(PAGE_MASK).land().ladd().lstore(memory.start);
        pushReach(memory.delta, 0);
        code.iload(temporary)
                .iadd()
                .iconst_1()
                .iadd()
                .i2l()
                .loadConstant(PhysMem.PAGE_SHIFT)
                .lshl();
        if (memory.isGuarded()) {
            code.dup2().loadConstant(memory.guardedBytes() - 1).lsub().lstore(memory.guardRoom());
            code.lload(memory.guardRoom()).dup2().loadConstant(63).lshr(); // not below 0
            code.loadConstant(-1L).lxor().land().lstore(memory.guardRoom());
        }
        code.loadConstant((long) memory.span() - 1).lsub().lstore(memory.room);
        code.lload(memory.delta).loadConstant(PageTable.DELTA_MASK).land().lstore(memory.delta);
        emitNextDelta(memory);
        code.lload(result);
        emitOutsideTest(memory);
        code.iflt(found).goto_(slow);
    }

    private void pushAddress(int base, int offset) {
        if (pointers.isEqual(base)) {
            code.lload(pointers.shadow(base));
        } else {
            locals.push(code, Registers.integer(base));
        }
        if (offset != 0) {
            code.loadConstant((long) offset).ladd();
        }
    }

    /**
     * Pushes the delta that the entry has at the offset in a local variable, whose lowest bits are
     * not part of it; goes to {@code slow} if it is 0. That the mask bounds it makes the JVM's
     * compiler fold the addition into the load.
     */
    private void emitLookup(boolean isStore, int entry, Label slow) {
        pushRaw();
        code.lload(Locals.TABLE).lload(entry);
        code.loadConstant((1L << TABLE_BITS) - (1L << PageTable.ENTRY_SHIFT)).land().ladd();
        pushWordAt(isStore);
        code.loadConstant(PageTable.DELTA_MASK).land();
        code.dup2().lstore(entry).lconst_0().lcmp().ifeq(slow).lload(entry);
    }

    /** Pushes how many pages a run reaches to one side, see {@link PageTable#BACK_SHIFT}. */
    private void pushReach(int word, int shift) {
        code.lload(word).l2i().loadConstant(shift).ishr().loadConstant(15).iand();
        code.lload(word).l2i().loadConstant(shift + 4).ishr().iconst_3().iand();
        code.iconst_1().ishl().ishl();
    }

    /** Pushes the page table's word for the guest address in a local variable. */
    private void pushWord(boolean isStore, int address) {
        pushRaw();
        code.lload(Locals.TABLE).lload(address).loadConstant(PhysMem.PAGE_SHIFT).lushr();
        code.loadConstant(PageTable.ENTRY_SHIFT).lshl().ladd();
        pushWordAt(isStore);
    }

    /** Pushes one of the two words of the entry whose address is on the stack. */
    private void pushWordAt(boolean isStore) {
        if (isStore) {
            code.loadConstant((long) PageTable.WRITE_DELTA).ladd();
        }
        invokeRaw("getLong", CD_long);
    }

    /** Pushes what a raw access is made on; the address comes next. */
    void pushRaw() {
        if (UNSAFE) {
            code.getstatic(CD_UNSAFE_ACCESS, "UNSAFE", CD_UNSAFE).aconst_null();
        } else {
            code.getstatic(CD_RAW, "RAW", CD_RAW);
        }
    }

    /** Pushes what an access to a Java object by its offset is made on; both come next. */
    void pushUnsafe() {
        code.getstatic(CD_UNSAFE_ACCESS, "UNSAFE", CD_UNSAFE);
    }

    /** A load from a Java object. */
    void invokeUnsafe(String name, ClassDesc result) {
        code.invokevirtual(CD_UNSAFE, name, MethodTypeDesc.of(result, CD_Object, CD_long));
    }

    /** The raw access itself: the address, and the value for a store, are on the stack. */
    void invokeRaw(AccessShape access) {
        String name = (access.isStore() ? "put" : "get") + access.typeName();
        invokeRaw(name, access.type());
    }

    /** A raw access by name: the address, and the value for a store, are on the stack. */
    void invokeRaw(String name, ClassDesc value) {
        MethodTypeDesc type =
                name.startsWith("put")
                        ? MethodTypeDesc.of(CD_void, CD_long, value)
                        : MethodTypeDesc.of(value, CD_long);
        code.invokevirtual(
                UNSAFE ? CD_UNSAFE : CD_RAW,
                name,
                UNSAFE ? type.insertParameterTypes(0, CD_Object) : type);
    }
}
