package callgate.image.debian;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The records dpkg keeps of what is installed, so that programs in the image see what it is made
 * of. The state is {@code unpacked}, since no package's scripts have run; {@code dpkg --configure
 * -a} would run them.
 */
final class DpkgRecords {
    private static final String INFO = "var/lib/dpkg/info/";

    private final RootWriter root;
    private final Map<String, String> status = new TreeMap<>();

    DpkgRecords(RootWriter root) {
        this.root = root;
    }

    /** Notes one package, and checks that it is the one it should be. */
    void add(DebianPackage wanted, RootWriter.Installed installed) throws IOException {
        byte[] bytes = installed.control().get("control");
        if (bytes == null) {
            throw new ControlException("a package without a control file");
        }
        Paragraph control = Paragraph.parse(new String(bytes, StandardCharsets.UTF_8));
        boolean same =
                control.required("Package").equals(wanted.name())
                        && control.required("Version").equals(wanted.version());
        if (!same || !List.of("riscv64", "all").contains(control.required("Architecture"))) {
            throw new ControlException(
                    "this is the package "
                            + control.text("Package")
                            + " "
                            + control.text("Version")
                            + " for "
                            + control.text("Architecture")
                            + ", another one than the index says");
        }
        boolean perArchitecture = control.text("Multi-Arch").equals("same");
        String prefix = INFO + wanted.name() + (perArchitecture ? ":riscv64" : "") + ".";
        root.file(prefix + "list", String.join("\n", installed.paths()) + "\n");
        for (Map.Entry<String, byte[]> file : new TreeMap<>(installed.control()).entrySet()) {
            boolean script =
                    List.of("preinst", "postinst", "prerm", "postrm", "config")
                            .contains(file.getKey());
            if (!file.getKey().equals("control")) {
                root.file(prefix + file.getKey(), script ? 0755 : 0644, file.getValue());
            }
        }
        status.put(wanted.name(), paragraph(control, installed.control().get("conffiles")));
    }

    /** Writes the list of all packages. */
    void finish() throws IOException {
        root.file("var/lib/dpkg/status", String.join("\n", status.values()));
        root.file("var/lib/dpkg/info/format", "1\n");
        root.file("var/lib/dpkg/available", "");
        root.directory("var/lib/dpkg/updates", 0755);
        root.directory("var/lib/dpkg/triggers", 0755);
    }

    private String paragraph(Paragraph control, byte[] conffiles) throws IOException {
        StringBuilder text = new StringBuilder();
        for (String line : control.source().strip().split("\n")) {
            text.append(line).append('\n');
            if (line.startsWith("Package:")) {
                text.append("Status: install ok unpacked\n");
            }
        }
        if (conffiles != null && conffiles.length > 0) {
            text.append("Conffiles:\n");
            for (String path : new String(conffiles, StandardCharsets.UTF_8).split("\n")) {
                byte[] content = path.startsWith("/") ? root.read(path.substring(1)) : null;
                if (content != null) {
                    text.append(' ').append(path).append(' ').append(md5(content)).append('\n');
                }
            }
        }
        return text.toString();
    }

    /** The hash that dpkg's records use, to notice changes by the user. */
    private static String md5(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has MD5", e);
        }
    }
}
