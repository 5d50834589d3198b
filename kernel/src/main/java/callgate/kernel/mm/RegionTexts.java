package callgate.kernel.mm;

import callgate.machine.memory.PhysMem;
import java.util.Locale;

/**
 * The texts of {@code /proc/PID/maps}, {@code smaps} and {@code smaps_rollup}. Called with the
 * space's lock held.
 */
final class RegionTexts {
    private static final int PATH_COLUMN = 73;
    private static final int KIB_PER_PAGE = PhysMem.PAGE_SIZE / 1024;

    private final Regions regions;
    private final PageMap pages;

    RegionTexts(Regions regions, PageMap pages) {
        this.regions = regions;
        this.pages = pages;
    }

    String maps() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < regions.count(); i++) {
            header(text, regions.at(i));
        }
        return text.toString();
    }

    private static void header(StringBuilder text, Region region) {
        int lineStart = text.length();
        MappedFile file = region.file();
        hex(text, region.start() << PhysMem.PAGE_SHIFT).append('-');
        hex(text, region.end() << PhysMem.PAGE_SHIFT).append(' ');
        text.append(region.has(Region.READ) ? 'r' : '-').append(region.isWritable() ? 'w' : '-');
        text.append(region.isExecutable() ? 'x' : '-')
                .append(region.isShared() ? 's' : 'p')
                .append(' ');
        hex(text, region.filePage() << PhysMem.PAGE_SHIFT);
        long device = file == null ? 0 : file.device();
        text.append(
                String.format(
                        Locale.ROOT,
                        " %02x:%02x ",
                        device >>> 8 & 0xfff,
                        device & 0xff | device >>> 12 & 0xfff00));
        text.append(file == null ? 0 : file.inodeNumber());
        String name = region.name() != null ? region.name() : file == null ? "" : file.path();
        if (!name.isEmpty()) {
            text.append(" ".repeat(Math.max(1, PATH_COLUMN - (text.length() - lineStart))));
            text.append(name.replace("\n", "\\012"));
        }
        text.append('\n');
    }

    private static StringBuilder hex(StringBuilder text, long address) {
        String digits = Long.toHexString(address);
        return text.append("0".repeat(Math.max(0, 8 - digits.length()))).append(digits);
    }

    // ---- smaps ----

    /** KiB of a region, by who else has the pages. */
    private static final class Sizes {
        long size;
        long shared;
        long own;
        long anonymous;

        void add(Sizes other) {
            size += other.size;
            shared += other.shared;
            own += other.own;
            anonymous += other.anonymous;
        }
    }

    private Sizes sizes(Region region, PhysMem memory) {
        Sizes sizes = new Sizes();
        sizes.size = region.pages() * KIB_PER_PAGE;
        for (long page = region.start(); page < region.end(); page++) {
            int frame = pages.get(page) & PageMap.FRAME;
            if (frame == 0) {
                continue;
            }
            if (memory.references(frame) > 1) {
                sizes.shared += KIB_PER_PAGE;
            } else {
                sizes.own += KIB_PER_PAGE;
            }
            sizes.anonymous += region.file() == null ? KIB_PER_PAGE : 0;
        }
        return sizes;
    }

    String smaps(PhysMem memory) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < regions.count(); i++) {
            header(text, regions.at(i));
            body(text, sizes(regions.at(i), memory));
            text.append("VmFlags:")
                    .append(regions.at(i).has(Region.READ) ? " rd" : "")
                    .append(regions.at(i).isWritable() ? " wr" : "")
                    .append(regions.at(i).isExecutable() ? " ex" : "")
                    .append('\n');
        }
        return text.toString();
    }

    String smapsRollup(PhysMem memory) {
        Sizes sum = new Sizes();
        for (int i = 0; i < regions.count(); i++) {
            sum.add(sizes(regions.at(i), memory));
        }
        long start = regions.count() == 0 ? 0 : regions.at(0).start() << PhysMem.PAGE_SHIFT;
        long end =
                regions.count() == 0
                        ? 0
                        : regions.at(regions.count() - 1).end() << PhysMem.PAGE_SHIFT;
        StringBuilder text = new StringBuilder();
        hex(text, start).append('-');
        hex(text, end).append(" ---p 00000000 00:00 0                          [rollup]\n");
        body(text, sum);
        return text.toString();
    }

    private static void body(StringBuilder text, Sizes sizes) {
        line(text, "Size", sizes.size);
        line(text, "KernelPageSize", KIB_PER_PAGE);
        line(text, "MMUPageSize", KIB_PER_PAGE);
        line(text, "Rss", sizes.shared + sizes.own);
        line(text, "Pss", sizes.own + sizes.shared / 2);
        line(text, "Shared_Clean", sizes.shared);
        line(text, "Shared_Dirty", 0);
        line(text, "Private_Clean", 0);
        line(text, "Private_Dirty", sizes.own);
        line(text, "Referenced", sizes.shared + sizes.own);
        line(text, "Anonymous", sizes.anonymous);
        line(text, "Swap", 0);
        line(text, "Locked", 0);
    }

    private static void line(StringBuilder text, String name, long kib) {
        text.append(String.format(Locale.ROOT, "%-16s%8d kB\n", name + ":", kib));
    }
}
