package callgate.cli;

import callgate.image.DebianImage;
import callgate.image.Image;
import callgate.image.ImageReference;
import callgate.image.ImageStore;
import callgate.image.report.ImageException;
import callgate.image.report.Progress;
import callgate.image.report.TerminalProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code callgate image}: makes, imports, lists and removes images. */
@Command(
        name = "image",
        description = "Make, import, list and remove images.",
        mixinStandardHelpOptions = true,
        subcommands = {
            ImageCommand.Debian.class,
            ImageCommand.Import.class,
            ImageCommand.ListImages.class,
            ImageCommand.Remove.class
        })
public final class ImageCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "name what to do with images: debian, import, list or rm");
    }

    private static ImageStore store() {
        return ImageStore.ofUser(System.getenv());
    }

    private static Progress progress(boolean quiet) {
        return quiet ? Progress.SILENT : TerminalProgress.ofStandardError();
    }

    /** Prints what went wrong, as the last line. */
    private static int report(IOException problem) {
        System.err.println("callgate: " + problem.getMessage());
        return 1;
    }

    /** {@code callgate image debian}. */
    @Command(
            name = "debian",
            mixinStandardHelpOptions = true,
            description =
                    "Make an image of Debian for riscv64 from the archive's packages; none of their code is run.")
    static final class Debian implements Callable<Integer> {
        @Option(
                names = "--suite",
                paramLabel = "SUITE",
                defaultValue = DebianImage.DEFAULT_SUITE,
                description = "Release of Debian (default: ${DEFAULT-VALUE}).")
        private String suite;

        @Option(
                names = "--packages",
                paramLabel = "NAME",
                split = ",",
                description = "Packages on top of the minimal ones, with what they need.")
        private List<String> packages = List.of();

        @Option(
                names = "--mirror",
                paramLabel = "URL",
                description =
                        "The archive's address (default: CALLGATE_MIRROR, else the host's apt configuration).")
        private String mirror;

        @Option(
                names = "--keyring",
                paramLabel = "FILE",
                description =
                        "The archive's public keys (default: those of the package debian-archive-keyring).")
        private Path keyring;

        @Option(
                names = {"-o", "--output"},
                paramLabel = "NAME",
                defaultValue = ImageReference.DEBIAN,
                description =
                        "Name of the image, which is replaced if it is there (default: ${DEFAULT-VALUE}).")
        private String name;

        @Option(
                names = {"-q", "--quiet"},
                description = "Show no progress.")
        private boolean quiet;

        @Override
        public Integer call() {
            try {
                DebianImage.Builder builder =
                        DebianImage.builder(System.getenv()).suite(suite).packages(packages);
                if (mirror != null) {
                    builder.mirror(mirror);
                }
                if (keyring != null) {
                    builder.keyring(keyring);
                }
                refuseReserved(name);
                builder.build().make(store(), name, ImageStore.Existing.REPLACE, progress(quiet));
                return 0;
            } catch (IOException e) {
                return report(e);
            }
        }
    }

    /** {@code callgate image import}. */
    @Command(
            name = "import",
            mixinStandardHelpOptions = true,
            description = "Make an image from a tar; plain, or compressed with gzip, xz or zstd.")
    static final class Import implements Callable<Integer> {
        @Parameters(
                index = "0",
                paramLabel = "FILE",
                description = "The tar, with names relative to the root.")
        private Path file;

        @Parameters(
                index = "1",
                paramLabel = "NAME",
                description = "Name of the image, which is replaced if it is there.")
        private String name;

        @Option(
                names = {"-q", "--quiet"},
                description = "Show no progress.")
        private boolean quiet;

        @Override
        public Integer call() {
            try {
                refuseReserved(name);
                Image image = store().importTar(file, name, progress(quiet));
                progress(quiet)
                        .line(
                                "imported "
                                        + file
                                        + " as \""
                                        + name
                                        + "\", "
                                        + megabytes(image.bytes()));
                return 0;
            } catch (IOException e) {
                return report(e);
            }
        }
    }

    /** {@code callgate image list}. */
    @Command(
            name = "list",
            aliases = "ls",
            mixinStandardHelpOptions = true,
            description = "List the images.")
    static final class ListImages implements Callable<Integer> {
        private static final DateTimeFormatter TIME =
                DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

        @Override
        public Integer call() {
            try {
                System.out.printf("%-20s %10s  %-16s  %s%n", "NAME", "SIZE", "MADE", "FROM");
                for (Image image : store().list()) {
                    System.out.printf(
                            "%-20s %10s  %-16s  %s%n",
                            image.name(),
                            megabytes(image.bytes()),
                            TIME.format(image.created().atZone(ZoneId.systemDefault())),
                            image.source());
                }
                return 0;
            } catch (IOException e) {
                return report(e);
            }
        }
    }

    /** {@code callgate image rm}. */
    @Command(
            name = "rm",
            aliases = "remove",
            mixinStandardHelpOptions = true,
            description = "Remove images.")
    static final class Remove implements Callable<Integer> {
        @Parameters(arity = "1..*", paramLabel = "NAME", description = "The images.")
        private List<String> names;

        @Override
        public Integer call() {
            int status = 0;
            for (String name : names) {
                try {
                    store().remove(name, TerminalProgress.ofStandardError());
                } catch (IOException e) {
                    status = report(e);
                }
            }
            return status;
        }
    }

    private static void refuseReserved(String name) throws ImageException {
        if (name.equals(ImageReference.BUILTIN)) {
            throw new ImageException(
                    "the name \""
                            + name
                            + "\" belongs to the image that comes with Callgate; take another");
        }
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
