package callgate.kernel;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.OpenFlags;
import callgate.kernel.ipc.HostOutput;
import callgate.kernel.mm.exec.LoadedProgram;
import callgate.kernel.mm.exec.Loader;
import callgate.kernel.task.Exec;
import callgate.kernel.task.Launch;
import callgate.kernel.task.Services;
import callgate.kernel.task.Task;
import callgate.kernel.tty.PtyDriver;
import callgate.kernel.vfs.FsContext;
import callgate.kernel.vfs.MappedOpenFile;
import callgate.kernel.vfs.Open;
import callgate.kernel.vfs.OpenFile;
import callgate.kernel.vfs.Path;
import callgate.kernel.vfs.PathWalk;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts programs from outside. Used once, by one thread. */
final class Starter {
    private static final String DEFAULT_PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final int NOT_FOUND = 127;
    private static final int CANNOT_RUN = 126;
    private static final int EXECUTE_FAILED = 126;

    private final Services services;
    private final FileTree tree;
    private final PtyDriver ptys;
    private final ProcessOptions options;
    private final List<HostOutput> outputs = new ArrayList<>();

    Starter(Services services, FileTree tree, PtyDriver ptys, ProcessOptions options) {
        this.services = services;
        this.tree = tree;
        this.ptys = ptys;
        this.options = options;
    }

    GuestProcess start() throws StartException {
        if (options.arguments().isEmpty()) {
            throw new StartException("no program was given", NOT_FOUND);
        }
        Users.Identity user =
                new Users(tree.read("/etc/passwd"), tree.read("/etc/group"))
                        .resolve(options.user());
        Path directory = workingDirectory(user);
        FsContext fs = new FsContext(services.namespace().root(), directory, 022);
        Launch launch = newLaunch(fs, user);
        boolean started = false;
        try {
            Terminal terminal = openStreams(launch);
            Found found = find(launch.task());
            LoadedProgram program = load(launch.task(), found, environment(user));
            launch.start(program, found.path);
            started = true;
            return new StartedProcess(launch.process(), services, terminal, outputs);
        } catch (ErrnoException error) {
            throw new StartException(
                    "cannot run "
                            + options.arguments().getFirst()
                            + ": "
                            + Errno.text(error.errno()),
                    CANNOT_RUN);
        } finally {
            if (!started) {
                launch.abandon();
            }
        }
    }

    private Launch newLaunch(FsContext fs, Users.Identity user) throws StartException {
        try {
            return new Launch(services, fs, user.credentials());
        } catch (ErrnoException tooMany) {
            throw new StartException(
                    "cannot start a process: there are "
                            + services.table().limit()
                            + " tasks already (--pids)",
                    EXECUTE_FAILED);
        }
    }

    private Path workingDirectory(Users.Identity user) throws StartException {
        String wanted = options.workingDirectory();
        Path found = tree.find(wanted == null ? user.home() : bytes(wanted));
        if (found != null && found.inode().isDirectory()) {
            return found;
        }
        if (wanted != null) {
            throw new StartException(
                    "no directory '" + wanted + "' in the image (--workdir)", CANNOT_RUN);
        }
        return services.namespace().root();
    }

    // ---- descriptors 0, 1 and 2 ----

    private Terminal openStreams(Launch launch) {
        return switch (options.streams()) {
            case ProcessOptions.Streams.Host host -> {
                install(launch, input(launch, host.input()));
                OpenFile output = output(launch, host.output());
                install(launch, output);
                install(
                        launch,
                        host.error() == host.output()
                                ? output.retain()
                                : output(launch, host.error()));
                yield null;
            }
            case ProcessOptions.Streams.Terminal terminal -> openTerminal(launch, terminal);
        };
    }

    private Terminal openTerminal(Launch launch, ProcessOptions.Streams.Terminal options) {
        PtyDriver.Ends ends = ptys.open(launch.task(), options.columns(), options.rows());
        ends.acquire(launch.process().sessionId(), launch.process().groupId());
        launch.setTerminal(ends.terminal());
        install(launch, ends.slave());
        install(launch, ends.slave().retain());
        install(launch, ends.slave().retain());
        return Terminal.connect(services, ends, options.input(), options.output());
    }

    private OpenFile input(Launch launch, InputStream stream) {
        return stream == null ? openNull(launch) : services.ipc().hostInput(stream);
    }

    private OpenFile output(Launch launch, OutputStream stream) {
        if (stream == null) {
            return openNull(launch);
        }
        HostOutput output = services.ipc().hostOutput(stream);
        outputs.add(output);
        return output;
    }

    private OpenFile openNull(Launch launch) {
        Open open =
                new Open(
                        new PathWalk(launch.task(), launch.task().fs(), null), OpenFlags.O_RDWR, 0);
        OpenFile file = open.open("/dev/null");
        if (file == null) {
            throw new ErrnoException(-open.error());
        }
        return file;
    }

    private static void install(Launch launch, OpenFile file) {
        int fd = launch.task().files().add(file, 0, Integer.MAX_VALUE, false);
        if (fd < 0) {
            file.release();
            throw new ErrnoException(-fd);
        }
    }

    // ---- the program ----

    private record Found(String path, OpenFile file) {}

    private Found find(Task task) throws StartException {
        String name = bytes(options.arguments().getFirst());
        if (name.indexOf('/') >= 0) {
            return new Found(name, open(task, name));
        }
        StartException failure = null;
        for (String directory : searchPath().split(":", -1)) {
            String candidate = (directory.isEmpty() ? "." : directory) + "/" + name;
            try {
                return new Found(candidate, Exec.open(task, Exec.AT_FDCWD, candidate, 0));
            } catch (ErrnoException error) {
                if (error.errno() != Errno.ENOENT
                        && error.errno() != Errno.ENOTDIR
                        && failure == null) {
                    failure = cannotOpen(candidate, error);
                }
            }
        }
        throw failure != null
                ? failure
                : new StartException(
                        "no program '" + name + "' in the image's PATH (" + searchPath() + ")",
                        NOT_FOUND);
    }

    private String searchPath() {
        return bytes(options.environment().getOrDefault("PATH", DEFAULT_PATH));
    }

    private static OpenFile open(Task task, String path) throws StartException {
        try {
            return Exec.open(task, Exec.AT_FDCWD, path, 0);
        } catch (ErrnoException error) {
            throw cannotOpen(path, error);
        }
    }

    private static StartException cannotOpen(String path, ErrnoException error) {
        boolean missing = error.errno() == Errno.ENOENT || error.errno() == Errno.ENOTDIR;
        String reason =
                switch (error.errno()) {
                    case Errno.ENOENT, Errno.ENOTDIR -> "there is no such file in the image";
                    case Errno.EACCES -> "it is not an executable file";
                    default -> Errno.text(error.errno());
                };
        return new StartException(
                "cannot run " + path + ": " + reason, missing ? NOT_FOUND : CANNOT_RUN);
    }

    private List<String> environment(Users.Identity user) {
        List<String> environment = new ArrayList<>();
        options.environment().entrySet().forEach(variable -> environment.add(variable(variable)));
        if (!options.environment().containsKey("HOME")) {
            environment.add("HOME=" + user.home());
        }
        return environment;
    }

    private LoadedProgram load(Task task, Found found, List<String> environment)
            throws StartException {
        found.file.retain(); // for the explanation
        try {
            List<String> arguments = options.arguments().stream().map(Starter::bytes).toList();
            return Exec.load(
                    task,
                    new Exec.Program(found.path, found.file, arguments, environment),
                    task.credentials());
        } catch (ErrnoException error) {
            String problem =
                    error.errno() == Errno.ENOEXEC
                            ? Loader.explain(new MappedOpenFile(found.file))
                            : null;
            String reason =
                    switch (error.errno()) {
                        case Errno.ENOENT -> "its interpreter is not in the image";
                        default -> problem != null ? problem : Errno.text(error.errno());
                    };
            throw new StartException("cannot run " + found.path + ": " + reason, CANNOT_RUN);
        } finally {
            found.file.release();
        }
    }

    private static String variable(Map.Entry<String, String> entry) {
        return bytes(entry.getKey() + "=" + entry.getValue());
    }

    /** A string of the host as the kernel's byte string, in UTF-8. */
    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
