package callgate.kernel.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.mm.IoBuffer;
import org.junit.jupiter.api.Test;

class FileTableTest {
    private static final int HIGHEST = (1 << 20) - 1;
    private static final int ROOM_FOR_ONE_LARGE_TABLE = 15 << 20;

    private final HeapBudget budget = new HeapBudget(ROOM_FOR_ONE_LARGE_TABLE);

    private static final class AnyFile extends OpenFile {
        private final Inode inode = Tree.tmpfs().inode("/");

        AnyFile() {
            super(OpenFlags.O_RDWR);
        }

        @Override
        public Inode inode() {
            return inode;
        }

        @Override
        public long read(Caller caller, IoBuffer to) {
            return 0;
        }

        @Override
        public long write(Caller caller, IoBuffer from) {
            return 0;
        }
    }

    @Test
    void tablesThatGrewBeyondTheBudgetTogetherAreRefused() {
        OpenFile file = new AnyFile();
        FileTable first = new FileTable(budget);
        FileTable second = new FileTable(budget);
        assertThat(first.replace(HIGHEST, file.retain(), false)).isEqualTo(HIGHEST);
        assertThat(second.replace(HIGHEST, file, false)).isEqualTo(-Errno.ENOMEM);
        assertThat(second.add(file, HIGHEST, HIGHEST + 1, false)).isEqualTo(-Errno.ENOMEM);
        assertThatThrownBy(first::copy)
                .isInstanceOfSatisfying(
                        ErrnoException.class,
                        error -> assertThat(error.errno()).isEqualTo(Errno.ENOMEM));
        first.release();
        assertThat(second.replace(HIGHEST, file, false)).isEqualTo(HIGHEST);
        second.release();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void aCopyIsAsLongAsItsHighestDescriptor() {
        FileTable table = new FileTable(budget);
        OpenFile file = new AnyFile();
        table.replace(1000, file.retain(), false);
        table.replace(HIGHEST, file, false);
        table.close(table.remove(HIGHEST));
        FileTable copy = table.copy();
        assertThat(copy.size()).isEqualTo(1001);
        OpenFile found = copy.get(1000);
        assertThat(found).isSameAs(file);
        found.release();
        table.release();
        copy.release();
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void openFilesBeyondTheBudgetAreRefusedWithEnfile() {
        HeapBudget small = new HeapBudget(10 * OpenFile.ORDINARY_BYTES);
        FileTable table = new FileTable(small);
        int result = 0;
        int opened = 0;
        while (result >= 0) {
            OpenFile file = new AnyFile();
            result = table.add(file, 0, HIGHEST, false);
            if (result < 0) {
                file.release();
            } else {
                opened++;
            }
        }
        assertThat(result).isEqualTo(-Errno.ENFILE);
        assertThat(opened).isBetween(8, 10);
        assertThat(table.add(table.get(0), 0, HIGHEST, false)).as("dup").isEqualTo(opened);
        table.release();
        assertThat(small.usedBytes()).isZero();
    }
}
