package callgate.machine.jit;

import static java.lang.constant.ConstantDescs.CD_long;

import callgate.machine.hart.GuestFault;
import callgate.machine.isa.Op;
import callgate.machine.isa.Operand;
import callgate.machine.isa.Result;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Emits single instructions: copies of their methods' code, or calls of them, with the accesses to
 * memory made by {@link Accesses}.
 */
final class StepEmitter {
    private static final ClassDesc CD_ACCESSES = Accesses.class.describeConstable().orElseThrow();
    private static final ClassDesc CD_FAULT = GuestFault.class.describeConstable().orElseThrow();

    private final CodeBuilder code;
    private final Locals locals;
    private final SpillForest exits;
    private final AccessEmitter accesses;
    private final FloatEmitter floats;
    private final RangedFloats ranged;
    private final Map<UnitBlock, Map<Step, Label>> careful = new HashMap<>();
    private final List<SlowPath> slowFloats = new ArrayList<>();
    private final List<SlowPath> slowEntries = new ArrayList<>(); // several: loops have copies
    private final List<LookUp> lookUps = new ArrayList<>();
    private final RememberedRuns runs;
    private final NarrowPointers pointers;
    private final SignExtended extended = new SignExtended();
    private final Map<UnitBlock, Map<Step, AccessGroup>> groups = new HashMap<>();
    private final long entry;
    private final Leavings leavings;

    // of the block being emitted
    private UnitBlock block;
    private boolean isReached;
    private final Map<AccessGroup, Integer> groupSlots = new HashMap<>();
    private int temporariesBefore;

    // what registers are the sum of that were computed last by an addition; by register
    private final AccessEmitter.Sum[] sums = new AccessEmitter.Sum[Registers.FLOAT];

    // the range of code, still growing, whose faults are handled by storing `coveredRegisters`
    private Label coveredFrom;
    private Label coveredTo;
    private long coveredRegisters;

    /** The slow path of an instruction, emitted after everything else. */
    private record SlowPath(Step step, long dirty, Label start, Label end) {}

    /** A look for another run than the one remembered, emitted after everything else. */
    private record LookUp(
            AccessSpan span,
            RememberedRuns.Memory memory,
            int address,
            int temporary,
            Label slow,
            Label start,
            Label found) {}

    /** Labels of code that leaves the unit for an address, storing registers. */
    interface Leavings {
        Label to(long pc, long dirty);
    }

    StepEmitter(
            CodeBuilder code,
            Locals locals,
            SpillForest exits,
            long entry,
            Leavings leavings,
            List<UnitBlock> blocks,
            boolean isLoop) {
        this.code = code;
        this.locals = locals;
        this.exits = exits;
        this.entry = entry;
        this.leavings = leavings;
        boolean follows = blocks.stream().anyMatch(block -> block.unshadowed != null);
        pointers = follows ? NarrowPointers.of(blocks.getFirst()) : NarrowPointers.none();
        pointers.reserve(locals);
        accesses = new AccessEmitter(code, locals, pointers);
        boolean usesFloats =
                blocks.stream()
                        .anyMatch(block -> block.steps.stream().anyMatch(FloatEmitter::isFast));
        floats = usesFloats ? new FloatEmitter(code, locals) : null;
        ranged = usesFloats ? new RangedFloats(code, locals, floats) : null;
        List<AccessSpan> spans = new ArrayList<>();
        blocks.forEach(block -> spans.addAll(spansOf(block)));
        runs = isLoop ? new RememberedRuns(blocks, spans, pointers, locals) : new RememberedRuns();
    }

    /** Groups the accesses of a block; all that are done inline, by groups or alone. */
    private List<AccessSpan> spansOf(UnitBlock block) {
        Map<Step, AccessGroup> ofBlock = AccessGroup.of(block, this::isAtEntry);
        groups.put(block, ofBlock);
        List<AccessSpan> spans = new ArrayList<>();
        for (Step step : block.steps) {
            AccessGroup group = ofBlock.get(step);
            if (group != null && group.first() == step) {
                spans.add(AccessSpan.of(group));
            } else if (group == null && step.meaning().access != null) {
                spans.add(AccessSpan.of(step));
            }
        }
        return spans;
    }

    /** Emitted at the unit's entry. */
    void emitEntry() {
        runs.all().forEach(accesses::emitInitial);
        accesses.emitShadows();
        emitResumption();
    }

    /** Computes anew what is kept of the hart besides registers: on entry, and after calls. */
    void emitResumption() {
        if (floats != null) {
            floats.emitRoundingCheck();
        }
    }

    /** What was remembered of the page table may be wrong now. */
    private void emitForgetting() {
        runs.all().forEach(accesses::emitForget);
    }

    /** Begins a block. */
    void begin(UnitBlock block) {
        this.block = block;
        isReached = !block.isCareful;
        if (block.careful != null) {
            ranged.begin(block);
        }
        pointers.beginUnknown();
        extended.begin();
        groupSlots.clear();
        temporariesBefore = locals.firstTemporary();
        Arrays.fill(sums, null);
    }

    /** Emitted at the begin of guarded copies: goes to {@code unguarded} if the guard fails. */
    void emitGuards(Label unguarded) {
        for (RememberedRuns.Memory memory : runs.all()) {
            if (memory.isGuarded()) {
                accesses.emitGuard(memory, unguarded);
            }
        }
    }

    /** Emitted before rounds that are counted: into {@code rounds}; or goes to {@code one}. */
    void emitRounds(int rounds, Label one) {
        block.counted.emitRounds(code, locals, block, runs, rounds, one);
    }

    /** Emitted at the begin of copies that use shadows: goes to {@code unshadowed} if it can't. */
    void emitComparisons(Label unshadowed) {
        accesses.emitComparisons(unshadowed);
    }

    /** Ends a block before its transfer of control. */
    void end() {
        endCover();
        if (block.unshadowed == null) {
            accesses.emitShadows();
        }
        locals.releaseTo(temporariesBefore);
    }

    /**
     * True for an access that does not leave the unit if it is not fast, but makes a call. It is
     * the one at the unit's entry: were it to leave the unit, the engine would enter the unit
     * again, and so on for ever.
     */
    private boolean isAtEntry(Step step) {
        return step.pc() == entry;
    }

    /** Where control comes to a careful copy: the same code may have several in a unit. */
    private Map<Step, Label> careful(UnitBlock copy) {
        return careful.computeIfAbsent(copy, _ -> new HashMap<>());
    }

    /** False for an instruction of a careful copy before the first where control can come to it. */
    boolean isReached(Step step) {
        isReached |= block.isCareful && careful(block).containsKey(step);
        return isReached;
    }

    /**
     * Emits an instruction that does not transfer control; {@code dirty} are the registers newer in
     * locals before it.
     */
    void emit(Step step, long dirty) {
        if (step.isIdle()) {
            return;
        }
        AccessEmitter.Sum sum = noteSum(step);
        emitStep(step, dirty);
        if (block.careful != null && !RangedFloats.isRanged(step)) {
            ranged.after(step);
        }
        emitShadowMove(step);
        pointers.after(step);
        extended.after(step);
        if (step.writes() != 0 && step.writes() == Registers.integer(step.rd())) {
            sums[step.rd()] = sum;
        }
    }

    private void emitShadowMove(Step step) {
        int from = pointers.movedFrom(step);
        if (from != 0 && block.unshadowed != null) {
            code.lload(pointers.shadow(from)).lstore(pointers.shadow(step.rd()));
        }
    }

    /** Keeps the other operand of an addition to a register that does not change in the loop. */
    private AccessEmitter.Sum noteSum(Step step) {
        int constant = step.rs1();
        int other = step.instruction().rs2();
        if (step.op() != Op.ADD || runs.isConstant(constant) == runs.isConstant(other)) {
            return null;
        }
        if (runs.isConstant(other)) {
            constant = other;
            other = step.rs1();
        }
        if (other == 0) {
            return null;
        }
        int kept = locals.reserve();
        locals.push(code, Registers.integer(other));
        code.lstore(kept);
        return new AccessEmitter.Sum(constant, kept);
    }

    private void emitStep(Step step, long dirty) {
        if (step.meaning().access != null) {
            emitAccess(step, dirty);
            return;
        }
        if (block.careful != null && RangedFloats.isRanged(step)) {
            ranged.emit(step, careful(block.careful).computeIfAbsent(step, _ -> code.newLabel()));
            return;
        }
        if (block.isCareful && RangedFloats.isRanged(step)) {
            code.labelBinding(careful(block).get(step));
            emitCarefully(step, dirty);
            return;
        }
        if (FloatEmitter.isFast(step)) {
            SlowPath slow = new SlowPath(step, dirty, code.newLabel(), code.newLabel());
            slowFloats.add(slow);
            floats.emit(step, slow.start);
            code.labelBinding(slow.end);
            return;
        }
        if (FloatStateEmitter.isFloatState(step)) {
            new FloatStateEmitter(code, locals).emit(step);
            if (FloatStateEmitter.writesRounding(step)) {
                emitResumption();
            }
            return;
        }
        if (!step.mayFault()) {
            emitBody(step);
            if (step.op() == Op.FENCE) {
                emitForgetting(); // another hart's changes of the page table must be seen
            }
            return;
        }
        cover(dirty);
        emitBody(step);
        coveredTo = code.newBoundLabel();
        if (step.meaning().operands.contains(Operand.CSR)) {
            emitForgetting(); // the supervisor may have been asked
        }
    }

    /** Emits what was put off to the end of the unit. */
    void emitSlowPaths() {
        for (SlowPath slow : slowEntries) {
            code.labelBinding(slow.start);
            emitLeaving(slow.step, slow.dirty);
            emitForgetting();
            code.goto_(slow.end);
        }
        for (LookUp lookUp : lookUps) {
            code.labelBinding(lookUp.start);
            accesses.emitLookUp(
                    lookUp.span,
                    lookUp.memory,
                    lookUp.address,
                    lookUp.temporary,
                    lookUp.slow,
                    lookUp.found);
        }
        for (SlowPath slow : slowFloats) {
            code.labelBinding(slow.start);
            emitCarefully(slow.step, slow.dirty);
            code.goto_(slow.end);
        }
        if (ranged != null) {
            ranged.emitEscapes();
        }
    }

    private void emitCarefully(Step step, long dirty) {
        if (step.mayFault()) {
            emitLeaving(step, dirty);
        } else {
            emitBody(step);
        }
    }

    private void emitAccess(Step step, long dirty) {
        AccessGroup group = block.isCareful ? null : groups.get(block).get(step);
        int before = locals.firstTemporary();
        AccessSpan span = group == null ? AccessSpan.of(step) : AccessSpan.of(group);
        int offset = 0;
        int host;
        if (group == null) {
            host = emitTranslation(span, dirty);
            locals.releaseTo(before);
        } else {
            if (group.first() == step) {
                groupSlots.put(group, emitTranslation(span, dirty));
            }
            host = groupSlots.get(group);
            offset = step.instruction().imm() - group.anchor();
        }
        accesses.emitShadowLoad(step, runs.of(span));
        AccessShape access = step.meaning().access;
        StepBinding binding = new StepBinding(step);
        accesses.pushRaw();
        code.lload(host);
        if (offset != 0) {
            code.loadConstant((long) offset).ladd();
        }
        step.meaning().template.emitPart(access.value(), code, binding, 0);
        accesses.invokeRaw(access);
        if (!access.isStore()) {
            step.meaning().template.emitPart(access.after(), code, binding, 0);
            storeResult(step);
        }
        if (isAtEntry(step) && !slowEntries.isEmpty() && !block.isGuarded) {
            code.labelBinding(slowEntries.getLast().end);
        }
    }

    private Label slowPathOf(Step step, long dirty) {
        if (!isAtEntry(step)) {
            return leavings.to(step.pc(), dirty);
        }
        // guarded accesses that follow rely on what is forgotten then
        Label end =
                block.isGuarded ? leavings.to(step.next(), dirty | step.writes()) : code.newLabel();
        slowEntries.add(new SlowPath(step, dirty, code.newLabel(), end));
        return slowEntries.getLast().start;
    }

    /** Returns the local variable that the span's host address is in. */
    private int emitTranslation(AccessSpan span, long dirty) {
        int host = locals.reserve();
        RememberedRuns.Memory memory = runs.of(span);
        if (memory != null && memory.isGuarded() && block.isGuarded) {
            accesses.emitGuardedTranslation(span, memory, sums[span.base()], host);
            return host;
        }
        Label slow = slowPathOf(span.first(), dirty);
        if (memory == null) {
            accesses.emitTranslation(span, host, slow);
            return host;
        }
        LookUp lookUp =
                new LookUp(
                        span,
                        memory,
                        host,
                        locals.firstTemporary(),
                        slow,
                        code.newLabel(),
                        code.newLabel());
        lookUps.add(lookUp);
        accesses.emitRememberedTranslation(
                span, memory, sums[span.base()], host, lookUp.start, lookUp.found);
        return host;
    }

    /** Emits an instruction after which the unit is left, or that always faults. */
    void emitLeaving(Step step, long dirty) {
        cover(dirty);
        emitBody(step);
        coveredTo = code.newBoundLabel();
        endCover();
    }

    /**
     * Ends the range of code whose faults are handled alike: at the end of a block at the latest.
     */
    private void endCover() {
        if (coveredFrom != null) {
            code.exceptionCatch(
                    coveredFrom, coveredTo, exits.faultHandler(code, coveredRegisters), CD_FAULT);
            coveredFrom = null;
        }
    }

    private void cover(long dirty) {
        if (coveredFrom != null && coveredRegisters == dirty) {
            return;
        }
        endCover();
        coveredFrom = code.newBoundLabel();
        coveredRegisters = dirty;
    }

    private void emitBody(Step step) {
        if (step.op() == Op.LUI) {
            code.loadConstant(step.constant(Operand.IMM));
        } else if (step.op() == Op.AUIPC) {
            code.loadConstant(step.target());
        } else if (extended.isMove(step)) {
            locals.push(code, Registers.integer(step.rs1()));
        } else if (step.op() == Op.ADDI && step.rs1() == 0) {
            code.loadConstant(step.constant(Operand.IMM));
        } else {
            emitMethod(step);
        }
        if (step.meaning().result == Result.RD || step.meaning().result == Result.FD) {
            storeResult(step);
        }
    }

    private void emitMethod(Step step) {
        Meaning meaning = step.meaning();
        if (step.mayFault() && !isPlainAccess(step.op())) {
            code.aload(Locals.HART).loadConstant(step.pc()).putfield(Locals.CD_HART, "pc", CD_long);
        }
        if (meaning.template != null) {
            meaning.template.emit(code, new StepBinding(step), locals.firstTemporary());
            return;
        }
        for (Operand operand : meaning.operands) {
            push(step, operand);
        }
        code.invokestatic(meaning.owner, step.op().method(), meaning.type);
    }

    private static boolean isPlainAccess(Op op) {
        return op.isLoad() || op.isStore();
    }

    private void storeResult(Step step) {
        if (step.writes() == 0) {
            code.pop2();
        } else {
            locals.store(code, step.writes());
        }
    }

    /** Emits a branch that goes to {@code target} when taken. */
    void emitBranch(Step step, Label target) {
        StepBinding binding = new StepBinding(step);
        SpliceTemplate template = step.meaning().template;
        if (template.isComparison()) {
            template.emitJump(code, binding, locals.firstTemporary(), target);
        } else {
            template.emit(code, binding, locals.firstTemporary());
            code.ifne(target);
        }
    }

    /** Emits a branch that goes to {@code target} when not taken. */
    void emitInverseBranch(Step step, Label target) {
        StepBinding binding = new StepBinding(step);
        SpliceTemplate template = step.meaning().template;
        if (template.isComparison()) {
            template.emitInverseJump(code, binding, locals.firstTemporary(), target);
        } else {
            template.emit(code, binding, locals.firstTemporary());
            code.ifeq(target);
        }
    }

    private void push(Step step, Operand operand) {
        switch (operand) {
            case HART -> code.aload(Locals.HART);
            case SHAMT, RM, CSR, RAW -> code.loadConstant((int) step.constant(operand));
            case IMM, PC, NEXT, UIMM -> code.loadConstant(step.constant(operand));
            case RS1, RS2, FS1, FS2, FS3 -> locals.push(code, step.register(operand));
        }
    }

    /**
     * Binds a template to a step's operands, and sends its loads and stores to {@link Accesses}.
     */
    private final class StepBinding implements SpliceTemplate.Binding {
        private final Step step;

        StepBinding(Step step) {
            this.step = step;
        }

        @Override
        public void push(CodeBuilder code, int slot) {
            StepEmitter.this.push(step, step.meaning().operandAt(slot));
        }

        @Override
        public boolean isZero(int slot) {
            Operand operand = step.meaning().operandAt(slot);
            return operand == Operand.IMM && step.instruction().imm() == 0;
        }

        @Override
        public boolean replaceInvocation(CodeBuilder code, InvokeInstruction invocation) {
            if (!isPlainAccess(step.op())
                    || !invocation.owner().asSymbol().equals(Locals.CD_HART)) {
                return false;
            }
            code.lload(Locals.TABLE).loadConstant(step.pc());
            MethodTypeDesc type = invocation.typeSymbol();
            MethodTypeDesc helper =
                    type.insertParameterTypes(0, Locals.CD_HART)
                            .insertParameterTypes(type.parameterCount() + 1, CD_long, CD_long);
            code.invokestatic(CD_ACCESSES, invocation.name().stringValue(), helper);
            return true;
        }
    }
}
