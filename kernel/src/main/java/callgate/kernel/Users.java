package callgate.kernel;

import callgate.kernel.vfs.Credentials;
import java.util.ArrayList;
import java.util.List;

/** The users of an image, from its /etc/passwd and /etc/group: passwd(5), group(5). */
final class Users {
    private final List<String[]> users;
    private final List<String[]> groups;

    /**
     * @param passwd the text of the file; lines that are not well-formed are skipped
     */
    Users(String passwd, String group) {
        users = parse(passwd, 7);
        groups = parse(group, 4);
    }

    private static List<String[]> parse(String text, int fields) {
        List<String[]> lines = new ArrayList<>();
        for (String line : text.split("\n")) {
            String[] parts = line.split(":", -1);
            if (parts.length >= fields && !line.startsWith("#")) {
                lines.add(parts);
            }
        }
        return lines;
    }

    /** A user to run as. */
    record Identity(Credentials credentials, String home) {}

    /**
     * Resolves {@code name}, {@code uid}, {@code name:group} or {@code uid:gid}; null is root.
     *
     * @throws StartException if a name is unknown
     */
    Identity resolve(String specification) throws StartException {
        String wanted = specification == null || specification.isEmpty() ? "0" : specification;
        int colon = wanted.indexOf(':');
        String user = colon < 0 ? wanted : wanted.substring(0, colon);
        String[] entry = find(users, user);
        int uid = entry != null ? number(entry[2]) : number(user);
        if (uid < 0) {
            throw new StartException("no user '" + user + "' in the image's /etc/passwd", 126);
        }
        int gid =
                colon >= 0
                        ? groupOf(wanted.substring(colon + 1))
                        : entry != null ? Math.max(0, number(entry[3])) : 0;
        String home = entry != null && !entry[5].isEmpty() ? entry[5] : "/";
        return new Identity(Credentials.of(uid, gid, supplementary(entry)), home);
    }

    private int groupOf(String group) throws StartException {
        String[] entry = find(groups, group);
        int gid = entry != null ? number(entry[2]) : number(group);
        if (gid < 0) {
            throw new StartException("no group '" + group + "' in the image's /etc/group", 126);
        }
        return gid;
    }

    /** Groups that list the user as a member. */
    private int[] supplementary(String[] user) {
        if (user == null) {
            return new int[0];
        }
        return groups.stream()
                .filter(group -> List.of(group[3].split(",")).contains(user[0]))
                .mapToInt(group -> number(group[2]))
                .filter(number -> number >= 0)
                .distinct()
                .toArray();
    }

    /** By name first, then by number. */
    private static String[] find(List<String[]> entries, String nameOrNumber) {
        for (String[] entry : entries) {
            if (entry[0].equals(nameOrNumber)) {
                return entry;
            }
        }
        for (String[] entry : entries) {
            if (entry[2].equals(nameOrNumber)) {
                return entry;
            }
        }
        return null;
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException notANumber) {
            return -1;
        }
    }
}
