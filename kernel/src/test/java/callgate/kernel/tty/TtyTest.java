package callgate.kernel.tty;

import static org.assertj.core.api.Assertions.assertThat;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.PollEvents;
import callgate.kernel.abi.Signals;
import callgate.kernel.mm.HeapBuffer;
import callgate.kernel.vfs.JobControl;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TtyTest {
    private static final int SESSION = 100;
    private static final int GROUP = 101;

    private final List<String> signals = new ArrayList<>();
    private final Tty tty =
            new Tty(
                    0,
                    new JobControl() {
                        @Override
                        public void signalGroup(int group, int signal) {
                            signals.add(group + ":" + signal);
                        }

                        @Override
                        public int sessionOfGroup(int group) {
                            return SESSION;
                        }
                    });

    TtyTest() {
        tty.setLocked(false);
        assertThat(tty.openSlave(false)).isZero();
        assertThat(tty.acquire(SESSION, GROUP)).isTrue();
    }

    private void type(String text) {
        HeapBuffer keys = new HeapBuffer(text.getBytes(StandardCharsets.UTF_8));
        while (keys.remaining() > 0) {
            assertThat(tty.tryType(keys)).isPositive();
        }
    }

    private long print(String text) {
        return tty.tryWrite(new HeapBuffer(text.getBytes(StandardCharsets.UTF_8)));
    }

    private String line() {
        byte[] bytes = new byte[8192];
        long count = tty.tryRead(new HeapBuffer(bytes), 1);
        return count < 0
                ? Errno.name((int) -count)
                : new String(bytes, 0, (int) count, StandardCharsets.UTF_8);
    }

    private String screen() {
        byte[] bytes = new byte[65536];
        long count = tty.tryTake(new HeapBuffer(bytes));
        return count < 0
                ? Errno.name((int) -count)
                : new String(bytes, 0, (int) count, StandardCharsets.UTF_8);
    }

    private void settings(int input, int output, int local) {
        Termios old = tty.termios();
        tty.setTermios(
                new Termios(
                        input, output, old.control(), local, 0, old.characters(), 38400, 38400));
    }

    @Test
    void aLineIsReadOnlyWhenItIsEnded() {
        type("ab");
        assertThat(line()).isEqualTo("EAGAIN");
        type("c\r");
        assertThat(line()).isEqualTo("abc\n");
        assertThat(screen()).isEqualTo("abc\r\n");
    }

    @Test
    void aReadReturnsOneLineAtATimeAndTheRestOfALongOneLater() {
        type("one\rtwo\r");
        byte[] two = new byte[2];
        assertThat(tty.tryRead(new HeapBuffer(two), 1)).isEqualTo(2);
        assertThat(line()).isEqualTo("e\n");
        assertThat(line()).isEqualTo("two\n");
    }

    @Test
    void eraseWordAndKillEditTheLine() {
        type("hello wurld\u0017world x\u007f\u007f\r");
        assertThat(line()).isEqualTo("hello world\n");
        type("rubbish\u0015good\r");
        assertThat(line()).isEqualTo("good\n");
    }

    @Test
    void erasingShowsBackspacesOverControlCharactersToo() {
        type("a\u0016\u0001\u007f");
        assertThat(screen()).isEqualTo("a^\b^A\b \b\b \b");
    }

    @Test
    void endOfFileAtTheStartOfALineReadsAsZeroBytes() {
        type("\u0004");
        assertThat(tty.slaveReadiness() & PollEvents.POLLIN).isNotZero();
        assertThat(line()).isEmpty();
        type("ab\u0004");
        assertThat(line()).isEqualTo("ab");
    }

    @Test
    void interruptKeysSignalTheForegroundGroupAndDropTheLine() {
        type("abc\u0003d\r");
        assertThat(signals).containsExactly(GROUP + ":" + Signals.SIGINT);
        assertThat(line()).isEqualTo("d\n");
        type("\u001a\u001c");
        assertThat(signals).contains(GROUP + ":" + Signals.SIGTSTP, GROUP + ":" + Signals.SIGQUIT);
        assertThat(screen()).startsWith("abc^Cd\r\n^Z^\\");
    }

    @Test
    void rawModeGivesEveryByteAndNoEcho() {
        settings(0, 0, 0);
        type("\u0003\rx");
        assertThat(line()).isEqualTo("\u0003\rx");
        assertThat(signals).isEmpty();
        assertThat(screen()).isEqualTo("EAGAIN");
    }

    @Test
    void rawReadWaitsForTheMinimum() {
        settings(0, 0, 0);
        type("ab");
        assertThat(tty.tryRead(new HeapBuffer(new byte[8]), 3)).isEqualTo(-Errno.EAGAIN);
        type("c");
        assertThat(tty.tryRead(new HeapBuffer(new byte[8]), 3)).isEqualTo(3);
    }

    @Test
    void typedAheadBytesSurviveASwitchToRawMode() {
        type("ab");
        settings(0, 0, 0);
        assertThat(line()).isEqualTo("ab");
    }

    @Test
    void outputGetsCarriageReturnsUnlessRaw() {
        print("a\nb");
        assertThat(screen()).isEqualTo("a\r\nb");
        settings(0, 0, 0);
        print("a\nb");
        assertThat(screen()).isEqualTo("a\nb");
    }

    @Test
    void stopAndStartCharactersHoldOutput() {
        type("\u0013");
        assertThat(print("x")).isEqualTo(-Errno.EAGAIN);
        type("\u0011");
        assertThat(print("x")).isEqualTo(1);
    }

    @Test
    void outputThatNobodyReadsBlocksTheWriterInsteadOfBeingLost() {
        String block = "x".repeat(4096);
        long total = 0;
        long written;
        while ((written = print(block)) > 0) {
            total += written;
        }
        assertThat(written).isEqualTo(-Errno.EAGAIN);
        assertThat(screen().length()).isEqualTo((int) total);
    }

    @Test
    void closingTheMasterHangsTheSessionUp() {
        tty.closeMaster();
        assertThat(signals).contains(SESSION + ":" + Signals.SIGHUP, GROUP + ":" + Signals.SIGHUP);
        assertThat(line()).isEmpty();
        assertThat(print("x")).isEqualTo(-Errno.EIO);
        assertThat(tty.slaveReadiness() & PollEvents.POLLHUP).isNotZero();
    }

    @Test
    void theMasterSeesAnErrorWhenTheLastSlaveIsClosed() {
        print("bye");
        tty.closeSlave();
        assertThat(screen()).isEqualTo("bye");
        assertThat(screen()).isEqualTo("EIO");
        assertThat(tty.masterReadiness() & PollEvents.POLLHUP).isNotZero();
    }

    @Test
    void aNewSizeIsSignalledOnce() {
        tty.resize(new WindowSize(25, 80, 0, 0));
        tty.resize(new WindowSize(25, 80, 0, 0));
        assertThat(signals).containsExactly(GROUP + ":" + Signals.SIGWINCH);
    }

    @Test
    void aLineLongerThanTheLimitKeepsRoomForItsEnd() {
        type("y".repeat(5000));
        type("\r");
        assertThat(line()).hasSizeLessThanOrEqualTo(InputEditor.LIMIT).endsWith("\n");
    }
}
