/* Files that begin with #!: the interpreter's line, its argument, nesting. */
#include "../check.h"

#define TEST "processes/script"

static char self[PATH_MAX];

static void make_script(const char *name, const char *first_line) {
    char text[1024];
    snprintf(text, sizeof text, "%s\nrest of the script\n", first_line);
    make_file(name, text);
    MUST(chmod(name, 0755));
}

/* The interpreter must be this program, whose first argument chooses the test: so the line's argument is that. */
static char *run(const char *script, const char *argument) {
    static char text[4096];
    int ends[2];
    size_t n = 0;
    ssize_t got;
    MUST(pipe(ends));
    pid_t pid = MUST(fork());
    if (pid == 0) {
        dup2(ends[1], 1);
        close(ends[0]);
        execl(script, "lost", argument, (char *)NULL);
        dprintf(1, "errno %d", errno);
        _exit(1);
    }
    close(ends[1]);
    while ((got = read(ends[0], text + n, sizeof text - 1 - n)) > 0)
        n += (size_t)got;
    text[n] = 0;
    close(ends[0]);
    wait_for(pid);
    return text;
}

int main(int argc, char **argv) {
    if (argc > 1) {
        for (int i = 0; i < argc; i++)
            printf("[%s]", argv[i]);
        fflush(stdout);
        return 0;
    }
    char line[PATH_MAX + 64], name[32], expected[64];
    enter_scratch();
    ssize_t n = MUST(readlink("/proc/self/exe", self, sizeof self - 1));
    self[n] = 0;
    MUST(symlink(self, "self"));
    snprintf(line, sizeof line, "#!%s/self " TEST, scratch);
    make_script("plain", line);
    CHECK(!strcmp(run("./plain", "arg"), "[" TEST "][./plain][arg]")); /* argv[0] is lost, the script's path comes in */
    snprintf(line, sizeof line, "#! \t %s/self   " TEST "  \t", scratch);
    make_script("blanks", line);
    CHECK(!strcmp(run("./blanks", "arg"), "[" TEST "][./blanks][arg]"));
    snprintf(line, sizeof line, "#!self " TEST);
    make_script("relative", line);
    CHECK(!strcmp(run("./relative", "a b"), "[" TEST "][./relative][a b]"));

    make_script("absent", "#!/no/such/interpreter");
    CHECK(!strcmp(run("./absent", "x"), "errno 2"));
    make_script("nothing", "#!");
    CHECK(!strcmp(run("./nothing", "x"), "errno 8"));
    make_script("spaces", "#!   ");
    CHECK(!strcmp(run("./spaces", "x"), "errno 8"));

    /* An interpreter that is a script itself: up to five in a row. */
    for (int i = 1; i <= 6; i++) {
        snprintf(line, sizeof line, "#!%s/%s%d", scratch, "n", i - 1);
        if (i == 1)
            snprintf(line, sizeof line, "#!%s/self " TEST, scratch);
        snprintf(name, sizeof name, "n%d", i);
        make_script(name, line);
    }
    char *out = run("./n5", "x");
    snprintf(expected, sizeof expected, "[" TEST "][%s/n1]", scratch);
    CHECK(!strncmp(out, expected, strlen(expected)));
    CHECK(strstr(out, "[./n5][x]"));
    CHECK(!strcmp(run("./n6", "x"), "errno 40"));
    leave_scratch();
    return done();
}
