package callgate.machine.jit;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import callgate.machine.isa.Op;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.util.List;

/**
 * Makes a hidden class of a planned unit: a method for it and one for each inner loop. Thread-safe.
 */
final class UnitCompiler {
    /** The JVM's compilers leave methods alone that have 8000 bytes of bytecode or more. */
    static final int METHOD_LIMIT_BYTES = 7900;

    private static final ClassDesc CD_UNIT = TranslatedUnit.class.describeConstable().orElseThrow();
    private static final MethodTypeDesc RUN_TYPE =
            MethodTypeDesc.of(CD_long, Locals.CD_HART, CD_int);

    private static final MethodType CONSTRUCTOR_TYPE = MethodType.methodType(void.class);

    private final Lookup lookup;

    UnitCompiler() {
        try {
            // units live in the package of the instructions, whose helpers the copied code may use
            lookup = MethodHandles.privateLookupIn(Op.class, MethodHandles.lookup());
        } catch (IllegalAccessException e) {
            throw new LinkageError("the translator and the instructions are of one module", e);
        }
    }

    /** The class file of a unit, or null if its method would be too long. */
    byte[] classFile(long entry, List<UnitBlock> blocks, CodeSource source) {
        ClassDesc self = ClassDesc.of(Op.class.getPackageName(), "Unit_" + Long.toHexString(entry));
        byte[] bytes =
                ClassFile.of()
                        .build(
                                self,
                                builder -> {
                                    builder.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SYNTHETIC)
                                            .withSuperclass(CD_UNIT);
                                    builder.withMethodBody(
                                            INIT_NAME,
                                            MTD_void,
                                            ClassFile.ACC_PRIVATE,
                                            UnitCompiler::emitConstructor);
                                    builder.withMethodBody(
                                            "run",
                                            RUN_TYPE,
                                            ClassFile.ACC_PUBLIC,
                                            code -> emitRun(code, self));
                                    builder.withMethodBody(
                                            "unit",
                                            UnitEmitter.UNIT_TYPE,
                                            ClassFile.ACC_STATIC,
                                            code ->
                                                    UnitEmitter.emit(
                                                            self, entry, blocks, source, code));
                                    for (UnitBlock block : blocks) {
                                        if (block.loop != null) {
                                            emitLoop(builder, self, entry, block.loop, source);
                                        }
                                    }
                                });
        return methodLength(bytes) <= METHOD_LIMIT_BYTES ? bytes : null;
    }

    private static void emitLoop(
            ClassBuilder builder, ClassDesc self, long entry, InnerLoop loop, CodeSource source) {
        builder.withMethodBody(
                UnitEmitter.methodName(loop),
                UnitEmitter.UNIT_TYPE,
                ClassFile.ACC_STATIC | ClassFile.ACC_PRIVATE,
                code -> UnitEmitter.emitLoop(self, entry, loop, source, code));
        StripLoop strips = StripLoop.of(loop);
        if (strips != null) {
            builder.withMethodBody(
                    StripEmitter.methodName(loop),
                    UnitEmitter.UNIT_TYPE,
                    ClassFile.ACC_STATIC | ClassFile.ACC_PRIVATE,
                    code -> StripEmitter.emit(strips, code));
        }
    }

    /** Bytes of bytecode of the longest method. */
    static int methodLength(byte[] classFile) {
        int longest = 0;
        for (MethodModel method : ClassFile.of().parse(classFile).methods()) {
            CodeAttribute code = (CodeAttribute) method.code().orElseThrow();
            longest = Math.max(longest, code.codeLength());
        }
        return longest;
    }

    private static void emitConstructor(CodeBuilder code) {
        code.aload(0).invokespecial(CD_UNIT, INIT_NAME, MTD_void).return_();
    }

    private static void emitRun(CodeBuilder code, ClassDesc self) {
        code.aload(1).dup().getfield(Locals.CD_HART, "x", Locals.CD_LONGS);
        code.aload(1).getfield(Locals.CD_HART, "table", CD_long).iload(2);
        code.invokestatic(self, "unit", UnitEmitter.UNIT_TYPE).lreturn();
    }

    /** Loads a class file made by {@link #classFile}. */
    TranslatedUnit load(byte[] classFile, UnitContext context) {
        try {
            Lookup unitLookup = lookup.defineHiddenClassWithClassData(classFile, context, false);
            Class<?> type = unitLookup.lookupClass();
            TranslatedUnit unit =
                    (TranslatedUnit) unitLookup.findConstructor(type, CONSTRUCTOR_TYPE).invoke();
            unit.setDirect(unitLookup.findStatic(type, "unit", UnitCall.TYPE));
            return unit;
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (Throwable e) {
            throw new LinkageError("a translated unit could not be loaded", e);
        }
    }
}
