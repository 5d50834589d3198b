package callgate.image.report;

/** Told how long work goes on. Called from any thread, often; must return at once. */
public interface Progress {
    /** Says nothing. */
    Progress SILENT =
            new Progress() {
                @Override
                public void line(String text) {}

                @Override
                public void bytes(String what, long done, long total) {}

                @Override
                public void count(String what, long done, long total) {}
            };

    /** Something worth a line that stays: a beginning, an end, a wait. */
    void line(String text);

    /**
     * How many bytes of something are done; {@code total} is 0 when unknown. Replaces what was said
     * before.
     */
    void bytes(String what, long done, long total);

    /**
     * How many of something are done; {@code total} is 0 when unknown. Replaces what was said
     * before.
     */
    void count(String what, long done, long total);
}
