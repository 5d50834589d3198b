package callgate.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/** Makes the input of the launched programs: always the same bytes for the same effort. */
final class WorkFiles {
    private static final int WORDS = 4000;
    private static final int WORDS_A_LINE = 9;

    private WorkFiles() {}

    static void write(Path folder, Effort effort) throws IOException {
        Files.createDirectories(folder);
        text(folder.resolve("text"), effort.textBytes);
        text(folder.resolve("sample"), effort.sampleBytes);
        Files.writeString(folder.resolve("loop.py"), PYTHON.replace("LOOPS", "" + effort.loops));
        Files.writeString(folder.resolve("speed.sql"), SQL.replace("ROWS", "" + effort.rows));
        Files.writeString(folder.resolve("words.awk"), AWK);
        Files.writeString(folder.resolve("words.pl"), PERL);
        Files.writeString(folder.resolve("unit.c"), compilationUnit(effort.functions));
    }

    /** Lines of words, short ones and frequent ones more often, as in a language. */
    private static void text(Path file, int bytes) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        byte[][] words = new byte[WORDS][];
        for (int i = 0; i < WORDS; i++) {
            StringBuilder word = new StringBuilder();
            for (int length = 2 + random.nextInt(3 + i * 6 / WORDS); length > 0; length--) {
                word.append((char) ('a' + random.nextInt(26)));
            }
            words[i] = word.toString().getBytes(StandardCharsets.US_ASCII);
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            int written = 0;
            for (int i = 1; written < bytes; i++) {
                double low = random.nextDouble();
                byte[] word = words[(int) (low * low * low * WORDS)];
                out.write(word);
                out.write(i % WORDS_A_LINE == 0 ? '\n' : ' ');
                written += word.length + 1;
            }
            out.write('\n');
        }
    }

    /** C that needs no header: functions with loops, branches, arrays and a switch. */
    private static String compilationUnit(int functions) {
        StringBuilder text = new StringBuilder("extern long sink(long);\nstatic long t[256];\n");
        for (int i = 0; i < functions; i++) {
            text.append(FUNCTION.replace("@I", "" + i).replace("@K", "" + (i * 7919 % 251 + 3)));
        }
        return text.toString();
    }

    private static final String FUNCTION =
            """
            long f@I(long *p, int n, long k) {
                long sum = @K;
                for (int i = 0; i < n; i++) {
                    switch ((p[i] ^ k) & 7) {
                    case 0: sum += p[i] * @K; break;
                    case 1: sum ^= t[(sum + @I) & 255]; break;
                    case 2: t[i & 255] = sum; break;
                    case 3: if (sum > k) sum = sink(sum / @K); break;
                    default: for (int j = 0; j < 16; j++) sum = (sum << 1) + p[j] % (k | 1);
                    }
                }
                return sum;
            }
            """;

    private static final String PYTHON =
            """
            counts = {}
            total = 0
            for i in range(LOOPS):
                key = (i * 7919) % 1009
                counts[key] = counts.get(key, 0) + i
                total = (total * 31 + key) & 0xffffffff
            print(total, len(counts), sum(counts.values()))
            """;

    /** Without syncs: the host's disk is not what is measured. */
    private static final String SQL =
            """
            pragma synchronous = off;
            drop table if exists t;
            create table t(id integer primary key, a integer, b text);
            begin;
            with recursive n(i) as (select 1 union all select i + 1 from n where i < ROWS)
                insert into t select i, (i * 7919) % 10007, 'row ' || (i * 31 % 977) from n;
            commit;
            create index t_a on t(a);
            select count(*), sum(a) from t where a between 1000 and 5000;
            select b, count(*), sum(a) from t group by b order by 3 desc, 1 limit 5;
            update t set b = b || '!' where a % 3 = 0;
            select sum(length(b)) from t;
            delete from t where a % 5 = 0;
            select count(*), sum(id) from t;
            """;

    private static final String AWK =
            """
            { for (i = 1; i <= NF; i++) { n[$i]++; total += length($i) } }
            END { for (w in n) { different++; if (n[w] > most) most = n[w] }; print NR, different, most, total }
            """;

    private static final String PERL =
            """
            my (%n, $vowels);
            while (<>) { $n{$1}++ while /([a-z]+)/g; $vowels += tr/aeiou//; s/([a-z])\\1/<$1>/g; $pairs += tr/<//; }
            my $most = 0;
            for (sort keys %n) { $most = $n{$_} if $n{$_} > $most }
            print scalar(keys %n), " $most $vowels $pairs\\n";
            """;
}
