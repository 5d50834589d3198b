package callgate.machine.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class InterpreterGeneratorTest {
    /**
     * HotSpot compiles no method of more bytecode (HugeMethodLimit), and stops inlining into one at
     * the same size (DesiredMethodLimit).
     */
    private static final int HUGE = 8000;

    @Test
    void interpreterIsWhatTheGeneratorWrites() throws IOException {
        assertThat(Files.readString(InterpreterGenerator.OUTPUT))
                .as("Interpreter.java is out of date: run InterpreterGenerator")
                .isEqualTo(InterpreterGenerator.generate());
    }

    @Test
    void methodsLeaveRoomForInlining() throws IOException {
        try (InputStream in = Interpreter.class.getResourceAsStream("Interpreter.class")) {
            ClassModel model = ClassFile.of().parse(in.readAllBytes());
            for (MethodModel method : model.methods()) {
                int size =
                        method.findAttribute(java.lang.classfile.Attributes.code())
                                .map(CodeAttribute::codeLength)
                                .orElse(0);
                assertThat(size).as(method.methodName().stringValue()).isLessThan(HUGE / 2);
            }
        }
    }
}
