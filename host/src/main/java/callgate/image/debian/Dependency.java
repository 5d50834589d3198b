package callgate.image.debian;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One package that a relationship field names, with its constraint (deb-control(5), "Depends").
 *
 * @param name the package
 * @param relation how its version must be
 * @param version to what; empty when the relation is {@code ANY}
 */
record Dependency(String name, Relation relation, String version) {
    /** How a version must be. */
    enum Relation {
        ANY(""),
        EARLIER("<<"),
        EARLIER_OR_EQUAL("<="),
        EQUAL("="),
        LATER_OR_EQUAL(">="),
        LATER(">>");

        private final String sign;

        Relation(String sign) {
            this.sign = sign;
        }

        static Relation of(String sign) {
            // the single signs are old, and mean "or equal" (deb-control(5))
            return switch (sign) {
                case "<<" -> EARLIER;
                case "<=", "<" -> EARLIER_OR_EQUAL;
                case "=" -> EQUAL;
                case ">=", ">" -> LATER_OR_EQUAL;
                case ">>" -> LATER;
                default -> ANY;
            };
        }
    }

    private static final Pattern FORM =
            Pattern.compile(
                    "\\s*([a-zA-Z0-9][a-zA-Z0-9+.-]*)(?::[a-z0-9-]+)?\\s*(?:\\(\\s*(<<|<=|=|>=|>>|<|>)\\s*([^\\s)]+)\\s*\\))?"
                            + "\\s*(?:\\[([^\\]]*)\\])?\\s*");

    /**
     * The groups of a field, of each of which one alternative is needed. Null and empty mean none.
     */
    static List<List<Dependency>> parse(String field) throws ControlException {
        List<List<Dependency>> groups = new ArrayList<>();
        if (field == null || field.isBlank()) {
            return groups;
        }
        for (String group : field.split(",")) {
            if (group.isBlank()) {
                continue;
            }
            List<Dependency> alternatives = new ArrayList<>();
            for (String alternative : group.split("\\|")) {
                Matcher matcher = FORM.matcher(alternative);
                if (!matcher.matches()) {
                    throw new ControlException(
                            "a dependency that cannot be understood: \""
                                    + alternative.trim()
                                    + "\"");
                }
                if (matcher.group(4) == null || isForRiscv64(matcher.group(4))) {
                    boolean any = matcher.group(2) == null;
                    Relation relation = any ? Relation.ANY : Relation.of(matcher.group(2));
                    alternatives.add(
                            new Dependency(
                                    matcher.group(1), relation, any ? "" : matcher.group(3)));
                }
            }
            if (!alternatives.isEmpty()) {
                groups.add(alternatives);
            }
        }
        return groups;
    }

    /** Whether this version is good. */
    boolean accepts(String candidate) {
        int order = relation == Relation.ANY ? 0 : DebianVersion.compare(candidate, version);
        return switch (relation) {
            case ANY -> true;
            case EARLIER -> order < 0;
            case EARLIER_OR_EQUAL -> order <= 0;
            case EQUAL -> order == 0;
            case LATER_OR_EQUAL -> order >= 0;
            case LATER -> order > 0;
        };
    }

    @Override
    public String toString() {
        return relation == Relation.ANY ? name : name + " (" + relation.sign + " " + version + ")";
    }

    private static boolean isForRiscv64(String architectures) {
        boolean negated = false;
        for (String architecture : architectures.trim().split("\\s+")) {
            negated |= architecture.startsWith("!");
            if (architecture.equals("riscv64")
                    || architecture.equals("linux-any")
                    || architecture.equals("any")) {
                return true;
            }
            if (architecture.equals("!riscv64")) {
                return false;
            }
        }
        return negated;
    }
}
