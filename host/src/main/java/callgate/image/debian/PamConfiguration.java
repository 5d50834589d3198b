package callgate.image.debian;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The common files of {@code /etc/pam.d}, as pam-auth-update(8) makes them of the profiles in
 * {@code /usr/share/pam-configs} that are on by default. Without them su, passwd and sshd let
 * nobody in.
 */
final class PamConfiguration {
    /** A file below {@code /etc/pam.d}, and what profiles call its modules. */
    enum Stack {
        AUTH("common-auth", "auth", "Auth"),
        ACCOUNT("common-account", "account", "Account"),
        PASSWORD("common-password", "password", "Password"),
        SESSION("common-session", "session", "Session"),
        SESSION_NONINTERACTIVE("common-session-noninteractive", "session_nonint", "Session");

        final String file;
        private final String variable;
        private final String field;

        Stack(String file, String variable, String field) {
            this.file = file;
            this.variable = variable;
            this.field = field;
        }

        /** The first word of a line of this stack. */
        private String type() {
            return this == SESSION_NONINTERACTIVE ? "session" : variable;
        }
    }

    private final List<Map<String, String>> profiles = new ArrayList<>();

    /** Adds a profile, if it is on by default. */
    void add(String profile) {
        Map<String, String> fields = parse(profile);
        if (fields.getOrDefault("Default", "no").strip().equals("yes")) {
            profiles.add(fields);
        }
    }

    /** Fields with the lines that follow, which are indented. */
    private static Map<String, String> parse(String profile) {
        Map<String, String> fields = new LinkedHashMap<>();
        String name = "";
        for (String line : profile.split("\n")) {
            boolean continues = !line.isEmpty() && Character.isWhitespace(line.charAt(0));
            int colon = line.indexOf(':');
            if (continues) {
                fields.merge(name, line.strip(), (old, more) -> (old + "\n" + more).strip());
            } else if (colon > 0) {
                name = line.substring(0, colon);
                fields.put(name, line.substring(colon + 1).strip());
            }
        }
        return fields;
    }

    /** A stack's file, made of its template. */
    String text(Stack stack, String template) {
        return template.replace("$" + stack.variable + "_primary", primary(stack))
                .replace("$" + stack.variable + "_additional", additional(stack));
    }

    private List<Map<String, String>> profilesOf(Stack stack, String kind) {
        return profiles.stream()
                .filter(profile -> kind.equals(profile.get(stack.field + "-Type")))
                .filter(
                        profile ->
                                stack != Stack.SESSION_NONINTERACTIVE
                                        || !"yes".equals(profile.get("Session-Interactive-Only")))
                .sorted(
                        Comparator.comparingInt(
                                profile ->
                                        -Integer.parseInt(profile.getOrDefault("Priority", "0"))))
                .toList();
    }

    /** Modules of which one is enough: {@code end} jumps behind the last. */
    private String primary(Stack stack) {
        List<String> modules = modules(stack, profilesOf(stack, "Primary"));
        if (modules.isEmpty()) {
            return stack.type() + "\t[default=1]\t\t\tpam_permit.so";
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < modules.size(); i++) {
            String module = modules.get(i).replace("=end", "=" + (modules.size() - i));
            text.append(i == 0 ? "" : "\n").append(stack.type()).append('\t').append(module);
        }
        return text.toString();
    }

    private String additional(Stack stack) {
        StringBuilder text = new StringBuilder();
        for (String module : modules(stack, profilesOf(stack, "Additional"))) {
            text.append(text.isEmpty() ? "" : "\n")
                    .append(stack.type())
                    .append('\t')
                    .append(module);
        }
        return text.toString();
    }

    /** The first profile's modules may be others: they are the first to ask for a password. */
    private static List<String> modules(Stack stack, List<Map<String, String>> profiles) {
        List<String> modules = new ArrayList<>();
        for (Map<String, String> profile : profiles) {
            String usual = profile.getOrDefault(stack.field, "");
            String text =
                    modules.isEmpty()
                            ? profile.getOrDefault(stack.field + "-Initial", usual)
                            : usual;
            text.lines().filter(line -> !line.isBlank()).forEach(modules::add);
        }
        return modules;
    }
}
