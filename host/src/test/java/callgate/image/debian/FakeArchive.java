package callgate.image.debian;

import callgate.image.fetch.Sha256;
import callgate.image.tar.TarWriter;
import callgate.kernel.fs.tar.LayerEntry;
import callgate.kernel.fs.tar.LayerEntry.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** A small archive in a folder, laid out as Debian's. */
public final class FakeArchive {
    /** One file of a package; directories end in a slash, links have a target. */
    public record Entry(String path, String content, String target) {}

    private final Path root;
    private final SigningKey key;
    private final StringBuilder index = new StringBuilder();
    private String suite = "trixie";
    private String extraReleaseFields = "";

    /** An archive without packages. */
    public FakeArchive(Path root, SigningKey key) {
        this.root = root;
        this.key = key;
    }

    /** All packages of the minimal set, base-files and base-passwd with the files that matter. */
    public FakeArchive withMinimalPackages() throws IOException {
        for (String name : DebianRoot.MINIMAL_PACKAGES) {
            switch (name) {
                case "base-files" ->
                        add(
                                name,
                                "",
                                List.of(
                                        directory("./"),
                                        directory("./usr/"),
                                        directory("./usr/bin/"),
                                        link("./bin", "usr/bin"),
                                        directory("./etc/"),
                                        directory("./usr/share/")));
                case "base-passwd" ->
                        add(
                                name,
                                "",
                                List.of(
                                        directory("./usr/share/base-passwd/"),
                                        file(
                                                "./usr/share/base-passwd/passwd.master",
                                                "root:*:0:0:root:/root:/bin/bash\nbin:*:2:2:bin:/bin:/x\n"),
                                        file(
                                                "./usr/share/base-passwd/group.master",
                                                "root:*:0:\n")));
                case "mawk" -> add(name, "", List.of(file("./usr/bin/mawk", "mawk")));
                case "bash" ->
                        add(
                                name,
                                "Pre-Depends: libtest (>= 1)",
                                List.of(
                                        directory("./"),
                                        directory("./bin/"),
                                        file("./bin/bash", "bash itself"),
                                        file("./etc/bash.bashrc", "rc")));
                default -> add(name, "", List.of(file("./usr/share/" + name, name)));
            }
        }
        return add(
                "libtest",
                "Provides: nothing",
                List.of(file("./usr/lib/libtest.so", "x".repeat(5000))));
    }

    /** Adds a package. */
    public FakeArchive add(String name, String fields, List<Entry> files) throws IOException {
        byte[] deb = deb(name, "1.0", files);
        Path file = root.resolve("pool/" + name + ".deb");
        Files.createDirectories(file.getParent());
        Files.write(file, deb);
        return index(name, fields, deb.length, Sha256.of(file));
    }

    /** Adds a paragraph to the index only. */
    public FakeArchive index(String name, String fields, long size, String sha256) {
        index.append("Package: ").append(name).append("\nVersion: 1.0\nArchitecture: riscv64\n");
        index.append(fields)
                .append(fields.isEmpty() ? "" : "\n")
                .append("Filename: pool/")
                .append(name);
        index.append(".deb\nSize: ")
                .append(size)
                .append("\nSHA256: ")
                .append(sha256)
                .append("\n\n");
        return this;
    }

    /** Names another suite in the release file than in its path. */
    public FakeArchive claimingSuite(String other) {
        suite = other;
        return this;
    }

    /** Adds fields to the release file. */
    public FakeArchive releaseFields(String fields) {
        extraReleaseFields = fields;
        return this;
    }

    /** Writes the index and the signed release file. */
    public FakeArchive publish() throws IOException {
        Path dist = root.resolve("dists/trixie");
        Path packages = dist.resolve("main/binary-riscv64/Packages.xz");
        Files.createDirectories(packages.getParent());
        Files.write(packages, xz(index.toString().getBytes(StandardCharsets.UTF_8)));
        String sha256 = Sha256.of(packages);
        Path byHash = packages.resolveSibling("by-hash/SHA256/" + sha256);
        Files.createDirectories(byHash.getParent());
        Files.write(byHash, Files.readAllBytes(packages));
        String release =
                "Origin: Test\nSuite: stable\nCodename: "
                        + suite
                        + "\nVersion: 13.0\n"
                        + "Date: Sat, 12 Sep 2026 07:55:41 UTC\nAcquire-By-Hash: yes\n"
                        + extraReleaseFields
                        + "SHA256:\n "
                        + sha256
                        + " "
                        + Files.size(packages)
                        + " main/binary-riscv64/Packages.xz\n";
        Files.write(dist.resolve("InRelease"), key.sign(release));
        return this;
    }

    /** A package file. */
    public static byte[] deb(String name, String version, List<Entry> files) throws IOException {
        String control =
                "Package: "
                        + name
                        + "\nVersion: "
                        + version
                        + "\nArchitecture: riscv64\nDescription: test\n about "
                        + name
                        + "\n";
        Map<String, byte[]> members = new LinkedHashMap<>();
        members.put("debian-binary", "2.0\n".getBytes(StandardCharsets.UTF_8));
        members.put(
                "control.tar.xz",
                xz(
                        tar(
                                List.of(
                                        file("./control", control),
                                        file("./postinst", "#!/bin/sh\nexit 1\n")))));
        members.put("data.tar.xz", xz(tar(files)));
        return ar(members);
    }

    /** An ar archive. */
    public static byte[] ar(Map<String, byte[]> members) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("!<arch>\n".getBytes(StandardCharsets.UTF_8));
        members.forEach(
                (name, data) -> {
                    out.writeBytes(
                            String.format(
                                            "%-16s%-12d%-6d%-6d%-8s%-10d`\n",
                                            name, 0, 0, 0, "100644", data.length)
                                    .getBytes(StandardCharsets.UTF_8));
                    out.writeBytes(data);
                    out.writeBytes(new byte[data.length & 1]);
                });
        return out.toByteArray();
    }

    /** A tar of these files. */
    public static byte[] tar(List<Entry> files) throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        try (TarWriter writer = new TarWriter(tar)) {
            for (Entry file : new ArrayList<>(files)) {
                Kind kind =
                        !file.target.isEmpty()
                                ? Kind.SYMLINK
                                : file.path.endsWith("/") ? Kind.DIRECTORY : Kind.FILE;
                byte[] content = file.content.getBytes(StandardCharsets.UTF_8);
                writer.begin(
                        new LayerEntry(
                                file.path,
                                kind,
                                0755,
                                0,
                                0,
                                1_700_000_000,
                                0,
                                content.length,
                                0,
                                file.target,
                                0,
                                0,
                                Map.of()));
                writer.data().write(content);
            }
        }
        return tar.toByteArray();
    }

    /** Compresses. */
    public static byte[] xz(byte[] data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LZMA2Options options = new LZMA2Options(0);
        try (XZOutputStream xz = new XZOutputStream(out, options)) {
            xz.write(data);
        }
        return out.toByteArray();
    }

    /** A file. */
    public static Entry file(String path, String content) {
        return new Entry(path, content, "");
    }

    /** A directory. */
    public static Entry directory(String path) {
        return new Entry(path, "", "");
    }

    /** A symbolic link. */
    public static Entry link(String path, String target) {
        return new Entry(path, "", target);
    }

    /** The bytes' digest. */
    public static String sha256(byte[] bytes) {
        MessageDigest digest = Sha256.digest();
        digest.update(bytes);
        return Sha256.hex(digest);
    }
}
