package callgate.kernel.fs.proc;

import callgate.kernel.vfs.DeviceNumber;
import callgate.kernel.vfs.Mount;
import callgate.kernel.vfs.Namespace;
import callgate.kernel.vfs.Path;

/** The texts of {@code /proc/PID/mounts} and {@code mountinfo}. */
final class MountTexts {
    private MountTexts() {}

    static String mounts(Namespace namespace, Path root) {
        StringBuilder text = new StringBuilder();
        for (Mount mount : namespace.mounts()) {
            text.append(escape(mount.source()))
                    .append(' ')
                    .append(escape(place(mount, root)))
                    .append(' ')
                    .append(mount.fileSystem().type())
                    .append(' ')
                    .append(options(mount))
                    .append(" 0 0\n");
        }
        return text.toString();
    }

    static String mountinfo(Namespace namespace, Path root) {
        StringBuilder text = new StringBuilder();
        for (Mount mount : namespace.mounts()) {
            long device = mount.fileSystem().device();
            int parent = mount.parent() == null ? 1 : mount.parent().mount().id();
            text.append(mount.id())
                    .append(' ')
                    .append(parent)
                    .append(' ')
                    .append(DeviceNumber.major(device))
                    .append(':')
                    .append(DeviceNumber.minor(device))
                    .append(" / ")
                    .append(escape(place(mount, root)))
                    .append(' ')
                    .append(options(mount))
                    .append(" - ")
                    .append(mount.fileSystem().type())
                    .append(' ')
                    .append(escape(mount.source()))
                    .append(' ')
                    .append(mount.fileSystem().isReadOnly() ? "ro" : "rw")
                    .append('\n');
        }
        return text.toString();
    }

    private static String place(Mount mount, Path root) {
        return mount.parent() == null ? "/" : Namespace.nameOf(new Path(mount, mount.root()), root);
    }

    private static String options(Mount mount) {
        StringBuilder options = new StringBuilder(mount.isReadOnly() ? "ro" : "rw");
        if ((mount.flags() & Mount.MS_NOSUID) != 0) {
            options.append(",nosuid");
        }
        if ((mount.flags() & Mount.MS_NODEV) != 0) {
            options.append(",nodev");
        }
        if ((mount.flags() & Mount.MS_NOEXEC) != 0) {
            options.append(",noexec");
        }
        return options.append(",relatime").toString();
    }

    /** Spaces and the like as octal, as getmntent(3) reads them. */
    private static String escape(String name) {
        return name.replace("\\", "\\134")
                .replace(" ", "\\040")
                .replace("\t", "\\011")
                .replace("\n", "\\012");
    }
}
