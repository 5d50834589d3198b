package callgate.machine.link;

import callgate.machine.hart.Cause;
import callgate.machine.hart.CodeSpace;
import callgate.machine.hart.Hart;
import callgate.machine.interpreter.Engine;

/** The machine there is. */
record EngineMachine(Engine engine) implements Machine {
    @Override
    public CodeSpace newCodeSpace() {
        return engine.newCodeSpace();
    }

    @Override
    public Cause run(Hart hart) {
        return engine.run(hart);
    }

    @Override
    public void close() {}
}
