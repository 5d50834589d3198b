package callgate.image.debian;

import callgate.image.report.ImageException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Chooses the packages that a list of packages needs: {@code Pre-Depends} and {@code Depends}, no
 * {@code Recommends}.
 *
 * <p>Greedy, as the archive's own rules make possible for one release: an alternative already
 * chosen wins, else the first that can be had; real packages come before providers. Groups with a
 * choice wait until those without are done.
 */
final class Resolver {
    private final PackageSource source;
    private final Map<String, DebianPackage> chosen = new LinkedHashMap<>();
    private final Deque<Need> single = new ArrayDeque<>();
    private final Deque<Need> choices = new ArrayDeque<>();

    private record Need(DebianPackage from, List<Dependency> alternatives) {}

    private Resolver(PackageSource source) {
        this.source = source;
    }

    /**
     * The packages named and all they need, in the order they were chosen.
     *
     * @throws ImageException one is missing, or two cannot be installed together
     */
    static List<DebianPackage> resolve(PackageSource source, Collection<String> names)
            throws IOException {
        Resolver resolver = new Resolver(source);
        for (String name : names) {
            resolver.chooseByName(name);
        }
        resolver.run();
        resolver.refuseConflicts();
        return List.copyOf(resolver.chosen.values());
    }

    private void chooseByName(String name) throws IOException {
        List<DebianPackage> candidates = source.named(name);
        if (candidates.isEmpty()) {
            List<DebianPackage> providers = source.providing(name);
            String hint =
                    providers.isEmpty()
                            ? "check the spelling"
                            : "it is provided by "
                                    + String.join(
                                            ", ",
                                            providers.stream()
                                                    .map(DebianPackage::name)
                                                    .distinct()
                                                    .toList());
            throw new ImageException(
                    "the archive has no package \"" + name + "\" for riscv64; " + hint);
        }
        choose(candidates.getFirst());
    }

    private void choose(DebianPackage candidate) {
        if (chosen.putIfAbsent(candidate.name(), candidate) == null) {
            for (List<Dependency> group : candidate.requires()) {
                (group.size() == 1 ? single : choices).add(new Need(candidate, group));
            }
        }
    }

    private void run() throws IOException {
        while (!single.isEmpty() || !choices.isEmpty()) {
            Need need = single.isEmpty() ? choices.poll() : single.poll();
            if (need.alternatives.stream().noneMatch(this::isSatisfied)) {
                choose(best(need));
            }
        }
    }

    private boolean isSatisfied(Dependency dependency) {
        DebianPackage same = chosen.get(dependency.name());
        return same != null && same.satisfies(dependency)
                || chosen.values().stream().anyMatch(candidate -> candidate.satisfies(dependency));
    }

    private DebianPackage best(Need need) throws IOException {
        DebianPackage lastResort = null;
        for (Dependency alternative : need.alternatives) {
            for (DebianPackage candidate : candidates(alternative)) {
                if (chosen.containsKey(candidate.name())) {
                    continue; // another version of it is chosen already, which does not do
                }
                if (chosen.values().stream().noneMatch(other -> exclude(other, candidate))) {
                    return candidate;
                }
                lastResort = lastResort == null ? candidate : lastResort;
            }
        }
        if (lastResort == null) {
            String wanted =
                    String.join(
                            " | ", need.alternatives.stream().map(Dependency::toString).toList());
            throw new ImageException(
                    "the package "
                            + need.from
                            + " needs "
                            + wanted
                            + ", which the archive does not have for riscv64; the mirror may be in the middle of an update,"
                            + " try again later or with another mirror");
        }
        return lastResort;
    }

    private List<DebianPackage> candidates(Dependency dependency) throws IOException {
        List<DebianPackage> candidates = new ArrayList<>(source.named(dependency.name()));
        List<DebianPackage> providers = new ArrayList<>(source.providing(dependency.name()));
        providers.sort(
                Comparator.comparingInt(DebianPackage::priority)
                        .thenComparing(DebianPackage::name));
        candidates.addAll(providers);
        candidates.removeIf(candidate -> !candidate.satisfies(dependency));
        return candidates;
    }

    private void refuseConflicts() throws ImageException {
        for (DebianPackage first : chosen.values()) {
            for (DebianPackage second : chosen.values()) {
                if (excludes(first, second)) {
                    throw new ImageException(
                            "the packages "
                                    + first
                                    + " and "
                                    + second
                                    + " cannot be installed together; leave one of them out");
                }
            }
        }
    }

    private static boolean exclude(DebianPackage first, DebianPackage second) {
        return excludes(first, second) || excludes(second, first);
    }

    /**
     * A package never conflicts with itself: that is how it says to be the only one of its kind.
     */
    private static boolean excludes(DebianPackage first, DebianPackage second) {
        return !first.name().equals(second.name())
                && first.excludes().stream().anyMatch(second::satisfies);
    }
}
