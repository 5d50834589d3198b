package callgate.image.debian;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The files that the scripts of Debian's packages would have made, as far as programs miss them.
 * Found by reading the {@code postinst} scripts of base-files, base-passwd, libc-bin, debianutils,
 * mawk and others in trixie.
 */
final class RootFiles {
    private record Directory(String path, int permissions) {}

    /** Several programs can stand for one: the first of these that is installed does. */
    private record Alternative(String name, String link, List<String> programs) {}

    private static final List<Directory> DIRECTORIES =
            List.of(
                    new Directory("dev", 0755),
                    new Directory("proc", 0555),
                    new Directory("sys", 0555),
                    new Directory("run", 0755),
                    new Directory("run/lock", 01777),
                    new Directory("tmp", 01777),
                    new Directory("root", 0700),
                    new Directory("home", 0755),
                    new Directory("mnt", 0755),
                    new Directory("media", 0755),
                    new Directory("opt", 0755),
                    new Directory("srv", 0755),
                    new Directory("usr/local/bin", 0755),
                    new Directory("usr/local/lib", 0755),
                    new Directory("usr/local/sbin", 0755),
                    new Directory("usr/local/share", 0755),
                    new Directory("var/tmp", 01777),
                    new Directory("var/log", 0755),
                    new Directory("var/cache", 0755),
                    new Directory("var/lib", 0755),
                    new Directory("var/spool", 0755),
                    new Directory("var/mail", 02775),
                    new Directory("etc/alternatives", 0755));

    private static final Map<String, String> LINKS =
            Map.of("var/run", "/run", "var/lock", "/run/lock", "etc/mtab", "../proc/self/mounts");

    private static final List<Alternative> ALTERNATIVES =
            List.of(
                    new Alternative(
                            "awk",
                            "usr/bin/awk",
                            List.of("usr/bin/gawk", "usr/bin/mawk", "usr/bin/original-awk")),
                    new Alternative(
                            "nawk", "usr/bin/nawk", List.of("usr/bin/gawk", "usr/bin/mawk")),
                    new Alternative("which", "usr/bin/which", List.of("usr/bin/which.debianutils")),
                    new Alternative(
                            "pager", "usr/bin/pager", List.of("usr/bin/less", "usr/bin/more")),
                    new Alternative(
                            "editor",
                            "usr/bin/editor",
                            List.of("usr/bin/nano", "usr/bin/vim.basic", "usr/bin/vim.tiny")),
                    new Alternative(
                            "vi", "usr/bin/vi", List.of("usr/bin/vim.basic", "usr/bin/vim.tiny")),
                    new Alternative("rmt", "usr/sbin/rmt", List.of("usr/sbin/rmt-tar")),
                    new Alternative("w", "usr/bin/w", List.of("usr/bin/w.procps")),
                    new Alternative(
                            "nc",
                            "usr/bin/nc",
                            List.of("usr/bin/nc.openbsd", "usr/bin/nc.traditional")),
                    new Alternative("cc", "usr/bin/cc", List.of("usr/bin/gcc", "usr/bin/clang")),
                    new Alternative(
                            "c++", "usr/bin/c++", List.of("usr/bin/g++", "usr/bin/clang++")),
                    new Alternative("c89", "usr/bin/c89", List.of("usr/bin/c89-gcc")),
                    new Alternative("c99", "usr/bin/c99", List.of("usr/bin/c99-gcc")),
                    new Alternative("lzma", "usr/bin/lzma", List.of("usr/bin/xz")),
                    new Alternative("unlzma", "usr/bin/unlzma", List.of("usr/bin/unxz")),
                    new Alternative("js", "usr/bin/js", List.of("usr/bin/nodejs", "usr/bin/node")),
                    new Alternative(
                            "lua", "usr/bin/lua", List.of("usr/bin/lua5.4", "usr/bin/lua5.3")));

    /** Files that a package carries as a template, and where they are needed. */
    private static final Map<String, List<String>> TEMPLATES =
            Map.of(
                    "etc/nsswitch.conf",
                            List.of(
                                    "usr/share/libc-bin/nsswitch.conf",
                                    "usr/share/base-files/nsswitch.conf"),
                    "etc/ssh/sshd_config", List.of("usr/share/openssh/sshd_config"),
                    "etc/profile", List.of("usr/share/base-files/profile"),
                    "etc/motd", List.of("usr/share/base-files/motd"),
                    "root/.bashrc", List.of("usr/share/base-files/dot.bashrc"),
                    "root/.profile", List.of("usr/share/base-files/dot.profile"));

    private final RootWriter root;

    RootFiles(RootWriter root) {
        this.root = root;
    }

    /** Adds what is missing to a root that has all its packages. */
    void write() throws IOException {
        for (Directory directory : DIRECTORIES) {
            root.directory(directory.path, directory.permissions);
        }
        for (Map.Entry<String, String> link : new TreeMap<>(LINKS).entrySet()) {
            if (!root.exists(link.getKey())) {
                root.symlink(link.getKey(), link.getValue());
            }
        }
        if (root.exists("usr/share/zoneinfo/Etc/UTC") && !root.exists("etc/localtime")) {
            root.symlink("etc/localtime", "/usr/share/zoneinfo/Etc/UTC");
            root.file("etc/timezone", "Etc/UTC\n");
        }
        for (Map.Entry<String, List<String>> template : new TreeMap<>(TEMPLATES).entrySet()) {
            copyFirst(template.getValue(), template.getKey());
        }
        for (Alternative alternative : ALTERNATIVES) {
            link(alternative);
        }
        linkJava();
        writeCertificates();
        writeAccounts();
        writeAuthentication();
        writeNames();
        writeShells();
    }

    private void copyFirst(List<String> templates, String path) throws IOException {
        for (String template : templates) {
            byte[] content = root.read(template);
            if (content != null && !root.exists(path)) {
                root.file(path, 0644, content);
            }
        }
    }

    private void link(Alternative alternative) throws IOException {
        if (root.exists(alternative.link)) {
            return;
        }
        for (String program : alternative.programs) {
            if (root.exists(program)) {
                root.symlink("etc/alternatives/" + alternative.name, "/" + program);
                root.symlink(alternative.link, "/etc/alternatives/" + alternative.name);
                return;
            }
        }
    }

    /** A Java runtime registers each of its programs as an alternative. */
    private void linkJava() throws IOException {
        for (String home : root.tree().childrenOf("usr/lib/jvm").stream().sorted().toList()) {
            String programs = "usr/lib/jvm/" + home + "/bin";
            for (String program : root.tree().childrenOf(programs).stream().sorted().toList()) {
                link(
                        new Alternative(
                                program, "usr/bin/" + program, List.of(programs + "/" + program)));
            }
        }
    }

    /**
     * As {@code update-ca-certificates} does: all certificates in one file, for programs that check
     * servers.
     */
    private void writeCertificates() throws IOException {
        String folder = "usr/share/ca-certificates/mozilla";
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String name : root.tree().childrenOf(folder).stream().sorted().toList()) {
            byte[] certificate = root.read(folder + "/" + name);
            all.writeBytes(certificate == null ? new byte[0] : certificate);
        }
        if (all.size() > 0 && !root.exists("etc/ssl/certs/ca-certificates.crt")) {
            root.file("etc/ssl/certs/ca-certificates.crt", 0644, all.toByteArray());
        }
    }

    /** Nobody can log in with a password; all passwords are in files only root can read. */
    private void writeAccounts() throws IOException {
        String passwd =
                shadowed(
                        root.read("usr/share/base-passwd/passwd.master"),
                        "root:*:0:0:root:/root:/bin/bash\n");
        root.file("etc/passwd", passwd);
        root.file(
                "etc/group",
                shadowed(root.read("usr/share/base-passwd/group.master"), "root:*:0:\n"));
        StringBuilder shadow = new StringBuilder();
        for (String line : passwd.split("\n")) {
            shadow.append(line, 0, Math.max(0, line.indexOf(':')))
                    .append(":*:19000:0:99999:7:::\n");
        }
        root.file("etc/shadow", 0600, shadow.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** As {@code pam-auth-update} does. */
    private void writeAuthentication() throws IOException {
        PamConfiguration pam = new PamConfiguration();
        String folder = "usr/share/pam-configs";
        for (String name : root.tree().childrenOf(folder).stream().sorted().toList()) {
            byte[] profile = root.read(folder + "/" + name);
            pam.add(text(profile == null ? new byte[0] : profile));
        }
        for (PamConfiguration.Stack stack : PamConfiguration.Stack.values()) {
            byte[] template = root.read("usr/share/pam/" + stack.file);
            if (template != null && !root.exists("etc/pam.d/" + stack.file)) {
                root.file("etc/pam.d/" + stack.file, pam.text(stack, text(template)));
            }
        }
    }

    private static String shadowed(byte[] accounts, String otherwise) {
        return (accounts == null ? otherwise : text(accounts))
                .replaceAll("(?m)^([^:\n]+):\\*?:", "$1:x:");
    }

    private void writeNames() throws IOException {
        root.file("etc/hostname", "callgate\n");
        root.file(
                "etc/hosts",
                """
                127.0.0.1\tlocalhost
                127.0.1.1\tcallgate
                ::1\tlocalhost ip6-localhost ip6-loopback
                """);
        root.file(
                "etc/resolv.conf", "# no name server: this system has no network to the outside\n");
    }

    /** As {@code update-shells} does, from the lists that the shells' packages carry. */
    private void writeShells() throws IOException {
        if (root.exists("etc/shells")) {
            return;
        }
        Set<String> shells = new LinkedHashSet<>(List.of("/bin/sh", "/usr/bin/sh"));
        for (String list :
                root.tree().childrenOf("usr/share/debianutils/shells.d").stream()
                        .sorted()
                        .toList()) {
            byte[] content = root.read("usr/share/debianutils/shells.d/" + list);
            for (String line : text(content == null ? new byte[0] : content).split("\n")) {
                String shell = line.startsWith("/usr/") ? line.substring("/usr".length()) : line;
                if (shell.startsWith("/")) {
                    shells.add(shell);
                    shells.add("/usr" + shell);
                }
            }
        }
        root.file(
                "etc/shells",
                "# /etc/shells: valid login shells\n" + String.join("\n", shells) + "\n");
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
