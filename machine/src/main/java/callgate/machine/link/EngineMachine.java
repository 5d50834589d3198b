package callgate.machine.link;

import callgate.machine.hart.Cause;
import callgate.machine.hart.CodeSpace;
import callgate.machine.hart.Hart;
import callgate.machine.interpreter.Engine;
import callgate.machine.jit.Translator;

/** The machine there is; {@code translator} is null in the tier that only interprets. */
record EngineMachine(Engine engine, Translator translator) implements Machine {
    @Override
    public CodeSpace newCodeSpace() {
        return engine.newCodeSpace();
    }

    @Override
    public Cause run(Hart hart) {
        return engine.run(hart);
    }

    @Override
    public void close() {
        if (translator != null) {
            translator.close();
        }
    }
}
