package callgate.machine.jit;

import static java.lang.constant.ConstantDescs.CD_CallSite;
import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import callgate.machine.hart.Cause;
import callgate.machine.interpreter.CompiledCode;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Emits the method of one unit, or of an inner loop of it. */
final class UnitEmitter {
    static final MethodTypeDesc UNIT_TYPE =
            MethodTypeDesc.of(CD_long, Locals.CD_HART, Locals.CD_LONGS, CD_long, CD_int);

    /** With fewer operations a careful copy of a block is not worth its size. */
    private static final int LEAST_RANGED = 6;

    private static final ClassDesc CD_CAUSE = Cause.class.describeConstable().orElseThrow();
    private static final ClassDesc CD_CONTEXT = UnitContext.class.describeConstable().orElseThrow();
    private static final ClassDesc CD_JUMP = RegisterJump.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc JUMP_TYPE =
            MethodTypeDesc.of(CD_long, Locals.CD_HART, CD_int, CD_long);
    private static final DirectMethodHandleDesc LINK_CALL =
            ConstantDescs.ofCallsiteBootstrap(CD_CONTEXT, "call", CD_CallSite, CD_long);
    private static final DirectMethodHandleDesc LINK_EXPECTED =
            ConstantDescs.ofCallsiteBootstrap(CD_CONTEXT, "expected", CD_CallSite, CD_long);
    private static final DirectMethodHandleDesc LINK_EXPECTED_CALL =
            ConstantDescs.ofCallsiteBootstrap(CD_CONTEXT, "expectedCall", CD_CallSite, CD_long);
    private static final ClassDesc CD_EXIT = ColdExit.class.describeConstable().orElseThrow();
    private static final DirectMethodHandleDesc LINK_EXIT =
            ConstantDescs.ofConstantBootstrap(CD_CONTEXT, "exit", CD_EXIT);
    private static final DirectMethodHandleDesc LINK_JUMP =
            ConstantDescs.ofConstantBootstrap(CD_CONTEXT, "jump", CD_JUMP, CD_long);

    private final ClassDesc self;
    private final long entry;
    private final InnerLoop loop;
    private final List<UnitBlock> blocks;
    private final CodeSource source;
    private final CodeBuilder code;
    private final Locals locals;
    private final SpillForest exits = new SpillForest();
    private final SpillForest onwards = new SpillForest();
    private final StepEmitter steps;
    private final Map<UnitBlock, Label> labels = new HashMap<>();
    private final Map<Leaving, Label> leavings = new HashMap<>();

    private final Map<Leaving, Label> tails = new HashMap<>();
    private final Map<Leaving, Label> colds = new HashMap<>();

    /** An exit to a known address with these registers to store. */
    private record Leaving(long pc, long dirty) {}

    private UnitEmitter(
            ClassDesc self,
            long entry,
            List<UnitBlock> blocks,
            InnerLoop loop,
            CodeSource source,
            CodeBuilder code) {
        this.self = self;
        this.entry = entry;
        this.loop = loop;
        this.source = source;
        this.blocks = loop == null ? withCareful(blocks) : blocks;
        this.code = code;
        locals = new Locals(blocks);
        steps = new StepEmitter(code, locals, exits, entry, this::leaving, blocks, loop != null);
        for (UnitBlock block : this.blocks) {
            labels.put(block, code.newLabel());
        }
    }

    /** The blocks, and careful copies of those with much floating-point arithmetic behind them. */
    private static List<UnitBlock> withCareful(List<UnitBlock> blocks) {
        List<UnitBlock> result = new ArrayList<>(blocks);
        for (UnitBlock block : blocks) {
            if (block.steps.stream().filter(RangedFloats::isRanged).count() >= LEAST_RANGED) {
                result.add(block.makeCareful());
            }
        }
        return result;
    }

    /**
     * Emits the code of the unit made of {@code blocks}, on which {@link Dataflow} has run.
     *
     * @param self the class that the method is in
     */
    static void emit(
            ClassDesc self,
            long entry,
            List<UnitBlock> blocks,
            CodeSource source,
            CodeBuilder code) {
        new UnitEmitter(self, entry, blocks, null, source, code).emit();
    }

    /**
     * Emits the method of an inner loop: it takes the registers from the hart, and returns the
     * address where to go on with them there again.
     *
     * @param unitEntry where the unit begins that it belongs to
     */
    static void emitLoop(
            ClassDesc self, long unitEntry, InnerLoop loop, CodeSource source, CodeBuilder code) {
        new UnitEmitter(self, unitEntry, loop.blocks(), loop, source, code).emit();
    }

    /** The method that a loop becomes. */
    static String methodName(InnerLoop loop) {
        return "loop_" + loop.name();
    }

    private void emit() {
        emitEntry();
        for (int i = 0; i < blocks.size(); i++) {
            emitBlock(blocks.get(i), i + 1 < blocks.size() ? blocks.get(i + 1) : null);
        }
        steps.emitSlowPaths();
        tails.forEach(
                (leaving, label) -> {
                    code.labelBinding(label);
                    emitTail(leaving);
                });
        colds.forEach(
                (leaving, label) ->
                        code.labelBinding(label)
                                .loadConstant(leaving.pc)
                                .goto_(onwards.exit(code, leaving.dirty)));
        leavings.forEach(
                (leaving, label) ->
                        code.labelBinding(label)
                                .loadConstant(leaving.pc)
                                .goto_(exits.exit(code, leaving.dirty)));
        onwards.emit(code, CompiledCode.EXIT, locals::spill, this::emitGoOn);
        exits.emit(code, CompiledCode.EXIT, locals::spill, code::lreturn);
    }

    /**
     * A unit that calls or jumps to others must end a chain of them: it polls, and looks at how
     * deep it is.
     */
    private void emitEntry() {
        boolean calls = blocks.stream().anyMatch(UnitBlock::callsOut);
        if (calls && loop == null) {
            Label enter = code.newLabel();
            pushPending();
            code.loadConstant(UnitContext.DEPTH_LIMIT)
                    .iload(Locals.DEPTH)
                    .isub()
                    .loadConstant(31)
                    .iushr()
                    .ior();
            code.ifeq(enter).loadConstant(entry).lreturn().labelBinding(enter);
        }
        UnitBlock first = loop == null ? blockAt(entry) : loop.entry();
        locals.reload(code, first.liveIn);
        steps.emitEntry();
        if (first != blocks.getFirst()) {
            code.goto_(labels.get(first));
        }
    }

    private UnitBlock blockAt(long pc) {
        return blocks.stream()
                .filter(block -> block.start == pc && !block.isInlined)
                .findFirst()
                .orElseThrow();
    }

    private void emitBlock(UnitBlock block, UnitBlock following) {
        code.labelBinding(labels.get(block));
        steps.begin(block);
        if (block.counted != null) {
            emitCounted(block);
            return;
        }
        if (block.unguarded != null) {
            steps.emitGuards(labels.get(block.unguarded));
        }
        if (block.unshadowed != null) {
            steps.emitComparisons(labels.get(block.unshadowed));
        }
        long dirty = emitSteps(block);
        switch (block.end) {
            case FALL -> goTo(block, block.nextBlock, block.next, following);
            case BRANCH -> emitBranch(block, following);
            case JUMP -> emitJump(block, following);
            case CALL -> emitCall(block, following);
            case CALL_REGISTER -> emitCallRegister(block, following);
            case RETURN -> emitReturn(block, following);
            case INDIRECT -> emitIndirect(block);
            case ECALL -> emitSystemCall(block, following);
            case LEAVE -> emitLeave(block, dirty);
            case LOOP -> emitLoopRun(block);
        }
    }

    /** Returns the registers that are newer in locals after the instructions. */
    private long emitSteps(UnitBlock block) {
        long dirty = block.dirtyIn;
        for (Step step : block.steps) {
            if (step.meaning().flow == Meaning.Flow.NEXT) {
                if (steps.isReached(step)) {
                    steps.emit(step, dirty);
                }
                dirty |= step.writes();
            }
        }
        steps.end();
        return dirty;
    }

    /** As many rounds as are sure to come, with an int that counts them. */
    private void emitCounted(UnitBlock block) {
        int rounds = locals.reserve();
        steps.emitRounds(rounds, labels.get(block.unguarded));
        int round = rounds + 1;
        code.iconst_0().istore(round);
        Label top = code.newBoundLabel();
        emitSteps(block);
        code.iinc(round, 1).iload(round).iload(rounds).if_icmplt(top);
        locals.releaseTo(rounds);
        code.goto_(labels.get(block.unguarded));
    }

    // ---- direct control flow ----

    private void goTo(UnitBlock from, UnitBlock to, long pc, UnitBlock following) {
        if (to == null) {
            code.goto_(tail(pc, from.dirtyOut));
            return;
        }
        if (from.isBackEdge(to)) {
            pushPending();
            code.ifne(leaving(pc, from.dirtyOut));
        }
        if (to != following) {
            code.goto_(labels.get(to));
        }
    }

    private void emitJump(UnitBlock block, UnitBlock following) {
        Step jump = block.last();
        if (jump.writes() != 0) {
            code.loadConstant(jump.next());
            locals.store(code, jump.writes());
        }
        goTo(block, block.targetBlock, block.target, following);
    }

    private void emitReturn(UnitBlock block, UnitBlock following) {
        pushJumpTarget(block.last());
        if (block.nextBlock == null) {
            code.goto_(exits.exit(code, block.dirtyOut));
            return;
        }
        code.dup2().loadConstant(block.next).lcmp().ifne(exits.exit(code, block.dirtyOut)).pop2();
        goTo(block, block.nextBlock, block.next, following);
    }

    private void emitBranch(UnitBlock block, UnitBlock following) {
        Step branch = block.last();
        UnitBlock to = block.targetBlock;
        if (to == null) {
            steps.emitBranch(branch, tail(block.target, block.dirtyOut));
        } else if (block.isBackEdge(to)) {
            Label over = code.newLabel();
            steps.emitInverseBranch(branch, over);
            goTo(block, to, block.target, null);
            code.labelBinding(over);
        } else {
            steps.emitBranch(branch, labels.get(to));
        }
        goTo(block, block.nextBlock, block.next, following);
    }

    private void emitLoopRun(UnitBlock block) {
        locals.spill(code, block.dirtyOut);
        int result = locals.firstTemporary();
        Label ran = code.newLabel();
        if (StripLoop.of(block.loop) != null) {
            emitLoopCall(StripEmitter.methodName(block.loop), result);
            code.lload(result).loadConstant(block.start).lcmp().ifne(ran);
        }
        emitLoopCall(methodName(block.loop), result);
        code.labelBinding(ran);
        Label leave = code.newLabel();
        for (UnitBlock exit : block.jumpTargets) {
            Label other = code.newLabel();
            code.lload(result).loadConstant(exit.start).lcmp().ifne(other);
            if (block.isBackEdge(exit)) {
                pushPending();
                code.ifne(leave);
            }
            locals.reload(code, exit.liveIn);
            steps.emitResumption();
            code.goto_(labels.get(exit)).labelBinding(other);
        }
        code.labelBinding(leave).lload(result).lreturn();
    }

    private void emitLoopCall(String method, int result) {
        code.aload(Locals.HART).aload(Locals.INTEGERS).lload(Locals.TABLE).iload(Locals.DEPTH);
        code.invokestatic(self, method, UNIT_TYPE).lstore(result);
    }

    private Label leaving(long pc, long dirty) {
        return leavings.computeIfAbsent(new Leaving(pc, dirty), _ -> code.newLabel());
    }

    private Label tail(long pc, long dirty) {
        if (loop != null) {
            return leaving(pc, dirty);
        }
        Map<Leaving, Label> kind = source.isWorthIt(pc) ? tails : colds;
        return kind.computeIfAbsent(new Leaving(pc, dirty), _ -> code.newLabel());
    }

    /**
     * Goes on at the address on the stack, of which it is not known whether it is ever translated.
     */
    private void emitGoOn() {
        int target = locals.firstTemporary();
        code.lstore(target).loadConstant(DynamicConstantDesc.ofNamed(LINK_EXIT, "exit", CD_EXIT));
        code.aload(Locals.HART).iload(Locals.DEPTH).iconst_1().iadd().lload(target);
        code.invokevirtual(CD_EXIT, "goOn", JUMP_TYPE).lreturn();
    }

    /** Goes on in another unit, from which control does not come back here. */
    private void emitTail(Leaving leaving) {
        locals.spill(code, leaving.dirty);
        emitUnitCall(leaving.pc);
        code.lreturn();
    }

    private void pushPending() {
        code.aload(Locals.HART).getfield(Locals.CD_HART, "pending", CD_int);
    }

    // ---- calls ----

    private void emitCall(UnitBlock block, UnitBlock following) {
        Step call = block.last();
        locals.spill(code, block.dirtyOut & ~call.writes());
        storeLink(call);
        emitUnitCall(block.target);
        emitReturned(block, following);
    }

    private void emitCallRegister(UnitBlock block, UnitBlock following) {
        Step call = block.last();
        int target = locals.firstTemporary();
        pushJumpTarget(call);
        code.lstore(target);
        locals.spill(code, block.dirtyOut & ~call.writes());
        storeLink(call);
        Label other = code.newLabel();
        Label called = code.newLabel();
        code.lload(target);
        code.invokedynamic(
                DynamicCallSiteDesc.of(
                        LINK_EXPECTED, "expected", MethodTypeDesc.of(CD_long), call.pc()));
        code.lcmp().ifne(other);
        emitUnitCall(LINK_EXPECTED_CALL, call.pc());
        code.goto_(called).labelBinding(other);
        emitRegisterCall(call, "call", target);
        code.labelBinding(called);
        emitReturned(block, following);
    }

    private void storeLink(Step call) {
        code.aload(Locals.INTEGERS).loadConstant(call.rd()).loadConstant(call.next()).lastore();
    }

    private void emitUnitCall(long pc) {
        emitUnitCall(LINK_CALL, pc);
    }

    private void emitUnitCall(DirectMethodHandleDesc bootstrap, long pc) {
        code.aload(Locals.HART).aload(Locals.INTEGERS).lload(Locals.TABLE);
        code.iload(Locals.DEPTH).iconst_1().iadd();
        code.invokedynamic(DynamicCallSiteDesc.of(bootstrap, "unit", UNIT_TYPE, pc));
    }

    private void emitRegisterCall(Step jump, String method, int target) {
        code.loadConstant(DynamicConstantDesc.ofNamed(LINK_JUMP, "jump", CD_JUMP, jump.pc()));
        code.aload(Locals.HART).iload(Locals.DEPTH).iconst_1().iadd().lload(target);
        code.invokevirtual(CD_JUMP, method, JUMP_TYPE);
    }

    /**
     * The callee's result is on the stack: if it is not the return address, everything unwinds to
     * the engine.
     */
    private void emitReturned(UnitBlock block, UnitBlock following) {
        if (block.nextBlock == null) {
            code.lreturn();
            return;
        }
        Label returned = code.newLabel();
        code.dup2().loadConstant(block.next).lcmp().ifeq(returned).lreturn();
        code.labelBinding(returned).pop2();
        resume(block, following);
    }

    private void resume(UnitBlock block, UnitBlock following) {
        locals.reload(code, block.nextBlock.liveIn);
        steps.emitResumption();
        if (block.nextBlock != following) {
            code.goto_(labels.get(block.nextBlock));
        }
    }

    // ---- jumps to registers ----

    private void pushJumpTarget(Step jump) {
        locals.push(code, Registers.integer(jump.rs1()));
        if (jump.instruction().imm() != 0) {
            code.loadConstant((long) jump.instruction().imm()).ladd();
        }
        code.loadConstant(-2L).land();
    }

    private void emitIndirect(UnitBlock block) {
        Step jump = block.last();
        int target = locals.firstTemporary();
        pushJumpTarget(jump);
        code.lstore(target);
        if (jump.writes() != 0) {
            code.loadConstant(jump.next());
            locals.store(code, jump.writes());
        }
        Label miss = code.newLabel();
        if (!block.jumpTargets.isEmpty()) {
            emitSwitch(block, target, miss);
        }
        code.labelBinding(miss);
        locals.spill(code, block.dirtyOut);
        emitRegisterCall(jump, "jump", target);
        code.lreturn();
    }

    private void emitSwitch(UnitBlock block, int target, Label miss) {
        long high = block.jumpTargets.getFirst().start;
        List<SwitchCase> cases = new ArrayList<>();
        Map<Label, UnitBlock> backwards = new LinkedHashMap<>();
        for (UnitBlock to : block.jumpTargets) {
            if (to.start >>> 32 == high >>> 32) {
                Label label = block.isBackEdge(to) ? code.newLabel() : labels.get(to);
                cases.add(SwitchCase.of((int) to.start, label));
                if (block.isBackEdge(to)) {
                    backwards.put(label, to);
                }
            }
        }
        Label leave = code.newLabel();
        Label go = code.newLabel();
        pushPending();
        code.ifne(leave);
        code.lload(target).loadConstant(high).lxor().loadConstant(32).lushr().l2i().ifne(miss);
        code.goto_(go);
        code.labelBinding(leave).lload(target).goto_(exits.exit(code, block.dirtyOut));
        code.labelBinding(go).lload(target).l2i().lookupswitch(miss, cases);
        // the JVM counts loops at jumps and branches only: a loop closed by a switch would never be
        // compiled while it runs
        backwards.forEach((label, to) -> code.labelBinding(label).goto_(labels.get(to)));
    }

    // ---- the system ----

    private void emitSystemCall(UnitBlock block, UnitBlock following) {
        Step step = block.last();
        locals.spill(code, block.dirtyOut);
        storePc(step.pc());
        Label goesOn = code.newLabel();
        code.aload(Locals.HART)
                .getstatic(CD_CAUSE, Cause.SUPERVISOR.name(), CD_CAUSE)
                .putfield(Locals.CD_HART, "cause", CD_CAUSE);
        code.aload(Locals.HART)
                .invokestatic(step.meaning().owner, step.op().method(), step.meaning().type);
        code.ifne(goesOn);
        code.loadConstant(CompiledCode.EXIT).lreturn();
        code.labelBinding(goesOn).aload(Locals.HART).getfield(Locals.CD_HART, "pc", CD_long);
        emitReturned(block, following);
    }

    private void emitLeave(UnitBlock block, long dirty) {
        Step step = block.last();
        storePc(step.pc());
        steps.emitLeaving(step, dirty);
        code.loadConstant(step.next()).goto_(exits.exit(code, dirty));
    }

    private void storePc(long pc) {
        code.aload(Locals.HART).loadConstant(pc).putfield(Locals.CD_HART, "pc", CD_long);
    }
}
