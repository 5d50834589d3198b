/* msh [-c TEXT | FILE] [ARG...]: a mini shell. Words with '', "" and \, variables ($X ${X} $? $$ $! $# $1 $@), pipelines,
 * ; & && || ( ), redirections < > >> N>&M N>&-, assignments, job control when interactive. No loops, no globs.
 *
 * A line becomes an array of tokens; each step of the grammar works on a range of it, split at the operators of its level. */
#include <asm/ioctls.h>

#include "rt.h"

enum { MAX_TOKENS = 1024, MAX_WORD = 65536, MAX_JOBS = 16, MAX_PIPELINE = 64 };

struct token {
    const char *operator; /* NULL for a word */
    char *word;           /* as written, quotes included */
};

struct job {
    int group; /* 0: free */
    int stopped;
};

static struct token tokens[MAX_TOKENS];
static struct job jobs[MAX_JOBS];
static int last_status, last_background, interactive, own_group;
static int argument_count;
static char **arguments;

static void run_list(int from, int to);

/* ---- words ---- */

static const char *const operators[] = {"&&", "||", ";", "&", "|", "(", ")", ">>", ">&", "<&", ">", "<"};

static const char *operator_at(const char *s) {
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (!strncmp(s, operators[i], strlen(operators[i])))
            return operators[i];
    return NULL;
}

/* The length of the word at s, or -1 when a quote is left open. */
static long word_length(const char *s) {
    const char *start = s;
    while (*s && !strchr(" \t\n;&|()<>", *s)) {
        if (*s == '\\' && s[1]) {
            s += 2;
        } else if (*s == '\'' || *s == '"') {
            char quote = *s++;
            while (*s && *s != quote)
                s += quote == '"' && *s == '\\' && s[1] ? 2 : 1;
            if (!*s++)
                return -1;
        } else {
            s++;
        }
    }
    return s - start;
}

/* Fills tokens; the number of them, or -1 after a message. */
static int tokenize(const char *s) {
    int n = 0;
    for (;;) {
        while (*s == ' ' || *s == '\t')
            s++;
        if (!*s || *s == '#')
            return n;
        if (n == MAX_TOKENS) {
            complain("line too long");
            return -1;
        }
        const char *operator = *s == '\n' ? ";" : operator_at(s);
        if (operator) {
            tokens[n++] = (struct token){operator, NULL};
            s += *s == '\n' ? 1 : strlen(operator);
            continue;
        }
        long length = word_length(s);
        if (length < 0) {
            complain("syntax error: unterminated quote");
            return -1;
        }
        tokens[n++] = (struct token){NULL, duplicate(s, (size_t)length)};
        s += length;
        /* "2>": a number right before a redirection belongs to it; marked by a leading NUL-free "N" word ending in ':'. */
        if (length == 1 && s[-1] >= '0' && s[-1] <= '9' && (*s == '<' || *s == '>'))
            tokens[n - 1].operator = "fd";
    }
}

static int is_operator(int i, const char *operator) {
    return tokens[i].operator && !strcmp(tokens[i].operator, operator);
}

static int name_length(const char *s) {
    int n = 0;
    while (s[n] == '_' || (s[n] >= 'a' && s[n] <= 'z') || (s[n] >= 'A' && s[n] <= 'Z') ||
           (n > 0 && s[n] >= '0' && s[n] <= '9'))
        n++;
    return n;
}

static char *number_text(long n) {
    char text[24];
    int at = sizeof text;
    text[--at] = 0;
    do
        text[--at] = (char)('0' + n % 10);
    while (n /= 10);
    return duplicate(text + at, strlen(text + at));
}

/* The value of the variable named at s (after the dollar sign); *used is how much of s the name took. */
static const char *variable(const char *s, int *used) {
    int brace = *s == '{', n;
    s += brace;
    char *value;
    if (*s && strchr("?$!#@*", *s)) {
        n = 1;
        size_t length = 0;
        switch (*s) {
            case '?': value = number_text(last_status); break;
            case '$': value = number_text(SYS0(getpid)); break;
            case '!': value = number_text(last_background); break;
            case '#': value = number_text(argument_count > 0 ? argument_count - 1 : 0); break;
            default:
                for (int i = 1; i < argument_count; i++)
                    length += strlen(arguments[i]) + 1;
                value = allocate(length + 1);
                *value = 0;
                for (int i = 1, at = 0; i < argument_count; i++) {
                    size_t part = strlen(arguments[i]);
                    memcpy(value + at, arguments[i], part);
                    at += (int)part;
                    value[at++] = i + 1 < argument_count ? ' ' : 0;
                }
        }
    } else if (*s >= '0' && *s <= '9') {
        n = 1;
        value = *s - '0' < argument_count ? arguments[*s - '0'] : "";
    } else {
        n = name_length(s);
        value = get_env(duplicate(s, (size_t)n));
    }
    *used = n + brace + (brace && s[n] == '}');
    return value ? value : "";
}

/* Removes quotes and puts in variables. One word stays one word, whatever the value holds. */
static char *expand(const char *s) {
    static char out[MAX_WORD];
    size_t n = 0;
    char quote = 0;
    for (; *s && n + 1 < sizeof out; s++) {
        int used;
        if (quote ? *s == quote : *s == '\'' || *s == '"') {
            quote = quote ? 0 : *s;
        } else if (*s == '\\' && quote != '\'' && s[1] && (!quote || strchr("\\\"$`", s[1]))) {
            out[n++] = *++s;
        } else if (*s == '$' && quote != '\'' && (name_length(s + 1) || (s[1] && strchr("{?$!#@*0123456789", s[1])))) {
            for (const char *v = variable(s + 1, &used); *v && n + 1 < sizeof out; v++)
                out[n++] = *v;
            s += used;
        } else {
            out[n++] = *s;
        }
    }
    return duplicate(out, n);
}

static void set_variable(char *assignment) {
    size_t name = (size_t)name_length(assignment) + 1;
    int n = 0;
    for (; environ[n]; n++) {
        if (!strncmp(environ[n], assignment, name)) {
            environ[n] = assignment;
            return;
        }
    }
    char **bigger = allocate((size_t)(n + 2) * sizeof *bigger);
    memcpy(bigger, environ, (size_t)n * sizeof *bigger);
    bigger[n] = assignment;
    bigger[n + 1] = NULL;
    environ = bigger;
}

/* ---- redirections ---- */

/* Applies the redirections among the tokens; false after a message. */
static int redirect(int from, int to) {
    for (int i = from; i < to; i++) {
        if (!tokens[i].operator)
            continue;
        int given = is_operator(i, "fd") ? tokens[i++].word[0] - '0' : -1;
        const char *operator = i < to ? tokens[i].operator : NULL;
        if (!operator || (*operator != '<' && *operator != '>') || i + 1 >= to || tokens[i + 1].operator) {
            complain("syntax error near %s", operator ? operator : "word");
            return 0;
        }
        char *target = expand(tokens[++i].word);
        int fd = given >= 0 ? given : *operator == '>';
        if (operator[1] == '&' && !strcmp(target, "-")) {
            SYS1(close, fd);
            continue;
        }
        long number, opened;
        if (operator[1] == '&') {
            opened = parse_number(target, &number) ? (number == fd ? fd : SYS3(dup3, number, fd, 0)) : -EBADF;
        } else {
            int flags = *operator == '<' ? O_RDONLY : O_WRONLY | O_CREAT | (operator[1] == '>' ? O_APPEND : O_TRUNC);
            opened = SYS4(openat, AT_FDCWD, target, flags, 0666);
            if (opened >= 0 && opened != fd) {
                SYS3(dup3, opened, fd, 0);
                SYS1(close, opened);
            }
        }
        if (opened < 0) {
            fail(target, opened);
            return 0;
        }
    }
    return 1;
}

/* ---- jobs ---- */

static void give_terminal(int group) {
    if (interactive)
        SYS3(ioctl, STDIN, TIOCSPGRP, &group);
}

static int exit_status(int status) {
    int signal = status & 0x7f;
    return (status & 0xff) == 0x7f ? 128 + (status >> 8 & 0xff) : signal ? 128 + signal : status >> 8 & 0xff;
}

static void add_job(int group, int stopped) {
    for (int i = 0; i < MAX_JOBS; i++) {
        if (!jobs[i].group || jobs[i].group == group) {
            jobs[i] = (struct job){group, stopped};
            complain("[%d] %s %d", i + 1, stopped ? "stopped" : "running", group);
            return;
        }
    }
}

static void forget_job(int group) {
    for (int i = 0; i < MAX_JOBS; i++)
        if (jobs[i].group == group)
            jobs[i].group = 0;
}

/* Waits for the processes of a foreground job, oldest first; the status of the last one counts. */
static void wait_foreground(int group, const int *pids, int count) {
    int status = 0, stopped = 0;
    for (int i = 0; i < count && !stopped; i++) {
        long pid;
        do
            pid = SYS4(wait4, pids[i], &status, interactive ? WUNTRACED : 0, 0);
        while (pid == -EINTR);
        stopped = pid > 0 && (status & 0xff) == 0x7f;
        if (pid > 0)
            last_status = exit_status(status);
    }
    give_terminal(own_group);
    if (stopped)
        add_job(group, 1);
    else
        forget_job(group);
}

static void reap_background(void) {
    int status;
    long pid;
    while ((pid = SYS4(wait4, -1, &status, WNOHANG, 0)) > 0)
        forget_job((int)pid);
}

static int continue_job(char **argv, int foreground) {
    long number = 0;
    if (argv[1] && !parse_number(argv[1] + (*argv[1] == '%'), &number))
        return fail(argv[1], -EINVAL);
    for (int i = MAX_JOBS - 1; i >= 0; i--) {
        int group = jobs[i].group;
        if (!group || (number && number != i + 1))
            continue;
        jobs[i].stopped = 0;
        if (foreground)
            give_terminal(group);
        SYS2(kill, -group, SIGCONT);
        if (foreground)
            wait_foreground(group, &group, 1);
        return last_status;
    }
    return fail("no such job", -ESRCH);
}

static void enter_job(int group, int foreground) {
    if (!interactive)
        return;
    SYS2(setpgid, 0, group);
    if (foreground)
        give_terminal((int)SYS1(getpgid, 0));
    interactive = 0;
    static const int signals[] = {SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU};
    struct sigaction standard = {0};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        SYS4(rt_sigaction, signals[i], &standard, 0, 8);
}

/* ---- commands ---- */

static int change_directory(char **argv) {
    char *to = argv[1] ? argv[1] : get_env("HOME");
    long error = SYS1(chdir, to ? to : "/");
    return error ? fail(to ? to : "/", error) : 0;
}

static int print_directory(void) {
    static char path[4096];
    long error = SYS2(getcwd, path, sizeof path);
    if (error < 0)
        return fail("pwd", error);
    print("%s\n", path);
    return 0;
}

static int wait_children(char **argv) {
    long pid = -1;
    int status = 0;
    if (argv[1] && !parse_number(argv[1], &pid))
        return fail(argv[1], -EINVAL);
    while (SYS4(wait4, pid, &status, 0, 0) > 0 && pid < 0)
        ;
    return pid < 0 ? 0 : exit_status(status);
}

static int read_variable(char **argv) {
    static char line[4096];
    size_t n = 0, name = argv[1] ? strlen(argv[1]) : 0;
    long got = 1;
    if (name == 0 || name + 1 >= sizeof line)
        return fail("read", -EINVAL);
    memcpy(line, argv[1], name);
    line[name] = '=';
    for (n = name + 1; n + 1 < sizeof line && (got = SYS3(read, STDIN, line + n, 1)) == 1 && line[n] != '\n'; n++)
        ;
    set_variable(duplicate(line, n));
    return got == 1 ? 0 : 1;
}

/* Runs argv when it names a builtin; false when it does not. */
static int run_builtin(char **argv, int *status) {
    long number = last_status;
    *status = 0;
    if (!strcmp(argv[0], "cd")) {
        *status = change_directory(argv);
    } else if (!strcmp(argv[0], "pwd")) {
        *status = print_directory();
    } else if (!strcmp(argv[0], "exit")) {
        end(argv[1] && !parse_number(argv[1], &number) ? 2 : (int)(number & 0xff));
    } else if (!strcmp(argv[0], "export")) {
        for (int i = 1; argv[i]; i++)
            if (strchr(argv[i], '='))
                set_variable(argv[i]);
    } else if (!strcmp(argv[0], "read")) {
        *status = read_variable(argv);
    } else if (!strcmp(argv[0], "wait")) {
        *status = wait_children(argv);
    } else if (!strcmp(argv[0], "umask")) {
        if (argv[1]) {
            long mask = 0;
            for (char *s = argv[1]; *s >= '0' && *s <= '7'; s++)
                mask = mask * 8 + *s - '0';
            SYS1(umask, mask);
        } else {
            long mask = SYS1(umask, 0);
            SYS1(umask, mask);
            print("%04o\n", (unsigned)mask);
        }
    } else if (!strcmp(argv[0], "jobs")) {
        for (int i = 0; i < MAX_JOBS; i++)
            if (jobs[i].group)
                print("[%d] %s %d\n", i + 1, jobs[i].stopped ? "stopped" : "running", jobs[i].group);
    } else if (!strcmp(argv[0], "fg") || !strcmp(argv[0], "bg")) {
        *status = continue_job(argv, argv[0][0] == 'f');
    } else if (!strcmp(argv[0], "exec")) {
        if (argv[1]) {
            long error = execute(argv + 1, environ);
            end(fail(argv[1], error) + (error == -ENOENT ? 126 : 125));
        }
    } else if (strcmp(argv[0], ":")) {
        return 0;
    }
    flush();
    return 1;
}

/* A program image that is text runs as a script of this shell. */
static _Noreturn void exec_program(char **argv) {
    long error = execute(argv, environ);
    if (error == -ENOEXEC) {
        int n = 0;
        while (argv[n])
            n++;
        char **script = allocate((size_t)(n + 2) * sizeof *script);
        script[0] = "/bin/msh";
        memcpy(script + 1, argv, (size_t)(n + 1) * sizeof *script);
        error = SYS3(execve, script[0], script, environ);
    }
    fail(argv[0], error);
    end(error == -ENOENT ? 127 : 126);
}

/* The words that are not redirections, expanded; assignments before the first go to *assigned. */
static char **command_words(int from, int to, int *assigned) {
    char **argv = allocate((size_t)(to - from + 1) * sizeof *argv);
    int n = 0, i = from;
    for (; i < to && !tokens[i].operator; i++) {
        int name = name_length(tokens[i].word);
        if (!name || tokens[i].word[name] != '=')
            break;
        set_variable(expand(tokens[i].word));
    }
    *assigned = i - from;
    for (; i < to; i++) {
        if (is_operator(i, "fd"))
            continue;
        if (tokens[i].operator)
            i++;
        else
            argv[n++] = expand(tokens[i].word);
    }
    argv[n] = NULL;
    return argv;
}

/* Runs one command in this process, which is a child made for it. */
static _Noreturn void run_in_child(int from, int to) {
    if (is_operator(from, "(")) {
        int last = to - 1;
        while (last > from && !is_operator(last, ")"))
            last--;
        if (!redirect(last + 1, to))
            end(1);
        run_list(from + 1, last);
        end(last_status);
    }
    int assigned, status;
    char **argv = command_words(from, to, &assigned);
    if (!redirect(from, to))
        end(1);
    if (!argv[0])
        end(0);
    if (run_builtin(argv, &status))
        end(status);
    exec_program(argv);
}

/* Builtins alone change this shell; their redirections last for the command only (for exec: from then on). */
static int run_here(int from, int to) {
    int assigned, status, saved[3];
    if (is_operator(from, "("))
        return 0;
    static const char *const names[] = {"cd", "pwd", "exit", "export", "read", "wait", "umask", "jobs", "fg", "bg", "exec", ":"};
    char *first = !tokens[from].operator ? expand(tokens[from].word) : NULL;
    int builtin = first && name_length(first) && first[name_length(first)] == '=' && to == from + 1;
    for (size_t i = 0; first && i < sizeof names / sizeof *names; i++)
        builtin |= !strcmp(first, names[i]);
    if (!builtin)
        return 0;
    int keep = !strcmp(first, "exec");
    for (int fd = 0; fd < 3 && !keep; fd++)
        saved[fd] = (int)SYS3(fcntl, fd, F_DUPFD_CLOEXEC, 10);
    char **argv = command_words(from, to, &assigned);
    last_status = !redirect(from, to);
    if (last_status == 0 && argv[0] && run_builtin(argv, &status))
        last_status = status;
    for (int fd = 0; fd < 3 && !keep; fd++) {
        SYS1(close, fd);
        if (saved[fd] >= 0) {
            SYS3(dup3, saved[fd], fd, 0);
            SYS1(close, saved[fd]);
        }
    }
    return 1;
}

/* ---- the grammar ---- */

/* The first of two operators in the range outside parentheses, or to. */
static int find(int from, int to, const char *one, const char *other) {
    int depth = 0;
    for (int i = from; i < to; i++) {
        depth += is_operator(i, "(") - is_operator(i, ")");
        if (depth == 0 && (is_operator(i, one) || is_operator(i, other)))
            return i;
    }
    return to;
}

static void run_pipeline(int from, int to) {
    int input = -1, group = 0, last = 0, count = 0, pids[MAX_PIPELINE];
    if (find(from, to, "|", "|") == to && run_here(from, to))
        return;
    while (from < to) {
        int bar = find(from, to, "|", "|"), ends[2] = {-1, -1};
        if (bar == from || bar == to - 1 || count == MAX_PIPELINE) {
            complain("syntax error near |");
            last_status = 2;
            break;
        }
        if (bar < to)
            SYS2(pipe2, ends, O_CLOEXEC);
        flush();
        last = (int)fork_process();
        if (last == 0) {
            enter_job(group, 1);
            if (input >= 0)
                SYS3(dup3, input, STDIN, 0);
            if (ends[1] >= 0)
                SYS3(dup3, ends[1], STDOUT, 0);
            run_in_child(from, bar);
        }
        if (last < 0) {
            last_status = fail("fork", last);
            break;
        }
        pids[count++] = last;
        if (!group)
            group = last;
        if (interactive)
            SYS2(setpgid, last, group);
        if (input >= 0)
            SYS1(close, input);
        if (ends[1] >= 0)
            SYS1(close, ends[1]);
        input = ends[0];
        from = bar + 1;
    }
    give_terminal(group ? group : own_group);
    wait_foreground(group, pids, count);
}

static void run_and_or(int from, int to) {
    int skip = 0;
    while (from < to) {
        int next = find(from, to, "&&", "||");
        int negate = next > from && !tokens[from].operator && !strcmp(tokens[from].word, "!");
        if (!skip && next > from + negate) {
            run_pipeline(from + negate, next);
            if (negate)
                last_status = !last_status;
        }
        if (next < to)
            skip = is_operator(next, "&&") ? last_status != 0 : last_status == 0;
        from = next + 1;
    }
}

static void run_list(int from, int to) {
    while (from < to) {
        int end_of_part = find(from, to, ";", "&");
        if (end_of_part < to && is_operator(end_of_part, "&")) {
            flush();
            long pid = fork_process();
            if (pid == 0) {
                enter_job(0, 0);
                if (find(from, end_of_part, "&&", "||") == end_of_part && find(from, end_of_part, "|", "|") == end_of_part)
                    run_in_child(from, end_of_part);
                run_and_or(from, end_of_part);
                end(last_status);
            }
            if (interactive) {
                SYS2(setpgid, pid, pid);
                add_job((int)pid, 0);
            }
            last_background = (int)pid;
            last_status = 0;
        } else {
            run_and_or(from, end_of_part);
        }
        from = end_of_part + 1;
    }
}

static void run_text(const char *text) {
    int n = tokenize(text), depth = 0;
    for (int i = 0; i < n && depth >= 0; i++)
        depth += is_operator(i, "(") - is_operator(i, ")");
    if (n >= 0 && depth == 0) {
        run_list(0, n);
        return;
    }
    if (n >= 0)
        complain("syntax error: parentheses do not match");
    last_status = 2;
}

static void become_interactive(void) {
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    static const int signals[] = {SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU};
    int foreground;
    if (SYS3(ioctl, STDIN, TIOCGPGRP, &foreground) != 0)
        return;
    interactive = 1;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        SYS4(rt_sigaction, signals[i], &ignore, 0, 8);
    SYS2(setpgid, 0, 0);
    own_group = (int)SYS1(getpgid, 0);
    give_terminal(own_group);
}

static void run_input(int fd) {
    static struct reader in;
    size_t length;
    in.fd = fd;
    for (;;) {
        if (interactive) {
            reap_background();
            print("$ ");
            flush();
        }
        char *line = read_line(&in, &length);
        if (!line)
            return;
        run_text(line);
    }
}

int main(int argc, char **argv) {
    if (argc > 2 && !strcmp(argv[1], "-c")) {
        argument_count = argc - 3;
        arguments = argv + 3;
        run_text(argv[2]);
    } else if (argc > 1) {
        long fd = SYS4(openat, AT_FDCWD, argv[1], O_RDONLY | O_CLOEXEC, 0);
        if (fd < 0)
            end(fail(argv[1], fd) + 126);
        argument_count = argc - 1;
        arguments = argv + 1;
        run_input((int)fd);
    } else {
        become_interactive();
        run_input(STDIN);
    }
    return last_status;
}
