package callgate.kernel.net;

import callgate.kernel.abi.Errno;
import callgate.kernel.abi.ErrnoException;
import callgate.kernel.abi.Mode;
import callgate.kernel.vfs.Access;
import callgate.kernel.vfs.Caller;
import callgate.kernel.vfs.FsContext;
import callgate.kernel.vfs.Inode;
import callgate.kernel.vfs.Names;
import callgate.kernel.vfs.PathWalk;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where AF_UNIX sockets are found by name: the abstract name space, and socket inodes. Thread-safe.
 */
final class UnixNames {
    private static final int SOCKET_PERMISSIONS = 0777;

    /** Names that autobind tries: five hexadecimal digits. */
    private static final int AUTOMATIC_NAMES = 1 << 20;

    private final ConcurrentHashMap<String, Socket> abstractNames = new ConcurrentHashMap<>();
    private int nextAutomatic;

    /** A name given to a socket, to be taken back when it closes. */
    record Bound(UnixAddress address, Inode inode) {}

    /**
     * Gives a socket a name; an unnamed address asks for an automatic one. ErrnoException
     * EADDRINUSE and those of paths.
     */
    Bound bind(Caller caller, Socket socket, UnixAddress address) {
        return switch (address.kind()) {
            case UNNAMED -> bindAutomatically(socket);
            case ABSTRACT -> {
                if (abstractNames.putIfAbsent(address.name(), socket) != null) {
                    throw new ErrnoException(Errno.EADDRINUSE);
                }
                yield new Bound(address, null);
            }
            case PATH -> bindPath(caller, socket, address);
        };
    }

    private synchronized Bound bindAutomatically(Socket socket) {
        for (int tries = 0; tries < AUTOMATIC_NAMES; tries++) {
            nextAutomatic = (nextAutomatic + 1) % AUTOMATIC_NAMES;
            String name = String.format("%05x", nextAutomatic);
            if (abstractNames.putIfAbsent(name, socket) == null) {
                return new Bound(new UnixAddress(UnixAddress.Kind.ABSTRACT, name), null);
            }
        }
        throw new ErrnoException(Errno.ENOSPC);
    }

    private static Bound bindPath(Caller caller, Socket socket, UnixAddress address) {
        FsContext fs = fileSystems(caller);
        Inode[] made = new Inode[1];
        int permissions = SOCKET_PERMISSIONS & ~fs.umask();
        int result =
                Names.makeSocket(
                        new PathWalk(caller, fs, null),
                        address.name(),
                        permissions,
                        inode -> {
                            inode.attach(socket);
                            made[0] = inode;
                        });
        if (result != 0) {
            throw new ErrnoException(result == -Errno.EEXIST ? Errno.EADDRINUSE : -result);
        }
        return new Bound(address, made[0]);
    }

    private static FsContext fileSystems(Caller caller) {
        if (caller.fs() == null) {
            throw new ErrnoException(Errno.ENOENT);
        }
        return caller.fs();
    }

    private static Inode find(Caller caller, FsContext fs, String path) {
        PathWalk walk = new PathWalk(caller, fs, null);
        int result = walk.walk(path, PathWalk.FOLLOW);
        if (result != 0) {
            throw new ErrnoException(-result);
        }
        return walk.inode();
    }

    /**
     * The socket at an address. ErrnoException: ECONNREFUSED if there is none, EINVAL for an
     * unnamed address, those of paths.
     */
    Socket find(Caller caller, UnixAddress address) {
        Socket found =
                switch (address.kind()) {
                    case UNNAMED -> throw new ErrnoException(Errno.EINVAL);
                    case ABSTRACT -> abstractNames.get(address.name());
                    case PATH -> attached(caller, address);
                };
        if (found == null) {
            throw new ErrnoException(Errno.ECONNREFUSED);
        }
        return found;
    }

    private static Socket attached(Caller caller, UnixAddress address) {
        Inode inode = find(caller, fileSystems(caller), address.name());
        if (!Access.allows(caller.credentials(), inode, Access.WRITE)) {
            throw new ErrnoException(Errno.EACCES);
        }
        return inode.type() == Mode.S_IFSOCK && inode.attachment() instanceof Socket socket
                ? socket
                : null;
    }

    /** The socket closes: its name leads nowhere from now on. A path stays. */
    void unbind(Socket socket, Bound bound) {
        if (bound == null) {
            return;
        }
        if (bound.address.kind() == UnixAddress.Kind.ABSTRACT) {
            abstractNames.remove(bound.address.name(), socket);
        } else if (bound.inode != null && bound.inode.attachment() == socket) {
            bound.inode.attach(null);
        }
    }
}
