package callgate.machine.interpreter;

import callgate.machine.isa.Decoder;
import callgate.machine.isa.Instruction;
import callgate.machine.isa.Op;
import callgate.machine.memory.PhysMem;
import java.util.Arrays;

/** Makes blocks from the bytes of pages. */
final class BlockDecoder {
    private BlockDecoder() {}

    /** True if an instruction begins at {@code offset} and ends in the next page. */
    static boolean straddles(CodePage page, int offset) {
        return offset == PhysMem.PAGE_SIZE - 2 && Decoder.length(page.parcel(offset)) == 4;
    }

    /**
     * The block at {@code offset} of {@code page}.
     *
     * @param tail the following page if the first instruction straddles into it; else null
     */
    static Block decode(CodePage page, int start, CodePage tail) {
        long[] words = new long[Block.LIMIT + 1];
        int count = 0;
        int offset = start;
        Instruction last;
        long lastPc;
        do {
            last = Decoder.decode(Block.bits(page, offset, tail));
            lastPc = page.address() + offset;
            words[count++] = Words.of(last, offset - start);
            offset += last.length();
        } while (!last.op().endsBlock()
                && count < Block.LIMIT
                && offset < PhysMem.PAGE_SIZE
                && !straddles(page, offset));
        int wordCount = count;
        if (!last.op().endsBlock() || last.op() == Op.FENCE_I) {
            words[wordCount++] = Words.END;
        }
        long taken = lastPc + last.imm();
        return new Block(
                page,
                tail,
                page.address() + start,
                page.address() + offset,
                taken,
                Arrays.copyOf(words, wordCount),
                count);
    }
}
