package callgate.bench.soak;

import callgate.Sandbox;
import callgate.SandboxException;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Periods of work with a sample after each. Two kinds of sandboxes are used: one for each job, and
 * one that lives through half of the time. The first half is for warming up: the JVM compiles the
 * kernel.
 */
final class Soak {
    /** One of so many jobs is done in the lasting sandbox. */
    private static final int SHARED_OF = 3;

    private final Settings settings;
    private final PrintStream out;
    private final Map<String, Integer> done = new TreeMap<>(); // guarded by this
    private final List<String> failures = new ArrayList<>(); // guarded by this

    /**
     * What is to be done.
     *
     * @param duration of the whole
     * @param interval of work between two samples
     * @param workers how many jobs run side by side
     * @param seed of the choice of jobs; 0 for any
     * @param image of the programs
     */
    record Settings(
            Duration duration,
            Duration interval,
            int workers,
            long seed,
            String image,
            List<Job> jobs) {}

    Soak(Settings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    /** Whether everything went right, and nothing grew. */
    boolean run() throws IOException, InterruptedException {
        long seed =
                settings.seed != 0 ? settings.seed : ThreadLocalRandom.current().nextInt(1 << 30);
        out.println("seed " + seed);
        Random random = new Random(seed);
        Report.printHead(out);
        watch(random);
        Map<Figure, Long> before = Sampler.sample();
        List<Map<Figure, Long>> samples = watch(random);
        boolean steady = Report.printVerdict(out, before, samples, Sampler.sample());
        synchronized (this) {
            done.forEach((name, count) -> out.print(name + " " + count + "  "));
            out.println();
            failures.forEach(text -> out.println("WRONG: " + text));
            return steady && failures.isEmpty();
        }
    }

    // What uses a sandbox is a method of its own: a variable that is used no more still keeps what
    // it refers to from the collector as long as its method runs.

    /** Half of the time, with a sandbox that lives all the while. The samples. */
    private List<Map<Figure, Long>> watch(Random random) throws IOException, InterruptedException {
        List<Map<Figure, Long>> samples = new ArrayList<>();
        try (Sandbox shared = newShared()) {
            warmUp(shared);
            long start = System.nanoTime();
            do {
                work(shared, random);
                samples.add(Sampler.sample(shared));
                Report.printSample(out, System.nanoTime() - start, jobsDone(), samples.getLast());
            } while (System.nanoTime() - start < settings.duration.toNanos() / 2);
        }
        return samples;
    }

    private Sandbox newShared() {
        return Sandbox.builder().image(settings.image).env("LC_ALL", "C").memory("1g").build();
    }

    /** Does everything once in both kinds of sandboxes: what is new later is not growth. */
    private void warmUp(Sandbox shared) throws InterruptedException {
        for (Job job : settings.jobs) {
            runOne(job, shared, Where.OWN);
            if (job.shared()) {
                runOne(job, shared, Where.SHARED);
            }
        }
    }

    private synchronized int jobsDone() {
        return done.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** Runs jobs for one interval, and waits until the last has ended. */
    private void work(Sandbox shared, Random random) throws InterruptedException {
        long end = System.nanoTime() + settings.interval.toNanos();
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < settings.workers; i++) {
            Random own = new Random(random.nextLong());
            workers.add(
                    Thread.ofPlatform().name("soak-" + i).start(() -> workUntil(end, shared, own)));
        }
        for (Thread worker : workers) {
            worker.join();
        }
    }

    private void workUntil(long end, Sandbox shared, Random random) {
        try {
            do {
                runAny(shared, random);
            } while (System.nanoTime() < end);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does: the JVM is going down
        }
    }

    private enum Where {
        SHARED,
        OWN
    }

    private void runAny(Sandbox shared, Random random) throws InterruptedException {
        Job job = settings.jobs.get(random.nextInt(settings.jobs.size()));
        boolean inShared = job.shared() && random.nextInt(SHARED_OF) == 0;
        runOne(job, shared, inShared ? Where.SHARED : Where.OWN);
    }

    private void runOne(Job job, Sandbox shared, Where where) throws InterruptedException {
        String failure;
        try {
            failure =
                    switch (where) {
                        case SHARED -> job.work().run(shared);
                        case OWN -> runAlone(job);
                    };
        } catch (SandboxException e) {
            failure = e.toString();
        }
        note(job, failure);
    }

    private String runAlone(Job job) throws InterruptedException {
        StringBuffer said = new StringBuffer();
        String failure;
        try (Sandbox own =
                job.sandbox()
                        .settings(settings.image)
                        .log(line -> said.append(line).append('\n'))
                        .build()) {
            failure = job.work().run(own);
        }
        return failure == null && said.toString().contains("did not end")
                ? said.toString()
                : failure;
    }

    private synchronized void note(Job job, String failure) {
        done.merge(job.name(), 1, Integer::sum);
        if (failure != null) {
            String text = String.format(Locale.ROOT, "%s: %s", job.name(), failure);
            failures.add(text);
            out.println("WRONG: " + text);
        }
    }
}
