/* launch [-v] RUNS COMMAND [ARGUMENT...]: starts a program RUNS times, one after the other, and prints a last line
 *     launch ns NS NS ...       from before the fork until the end of the program, one figure a run
 * Standard input is empty. Standard output goes to /dev/null, with -v where launch's own goes. A run that fails ends it all with status 1. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_RUNS = 1000 };

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int64_t run(char **command, int null, int output) {
    int status;
    int64_t start = now();
    pid_t pid = fork();
    if (pid == 0) {
        dup2(null, 0);
        dup2(output, 1);
        execvp(command[0], command);
        fprintf(stderr, "launch: %s: %s\n", command[0], strerror(errno));
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) < 0) {
        fprintf(stderr, "launch: %s\n", strerror(errno));
        exit(1);
    }
    if (status != 0) {
        fprintf(stderr, "launch: %s ended with %s %d\n", command[0], WIFEXITED(status) ? "status" : "signal",
                WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
        exit(1);
    }
    return now() - start;
}

int main(int argc, char **argv) {
    static int64_t times[MAX_RUNS];
    int shown = argc > 1 && !strcmp(argv[1], "-v");
    int runs = argc > 2 + shown ? atoi(argv[1 + shown]) : 0;
    if (runs < 1 || runs > MAX_RUNS) {
        fprintf(stderr, "usage: launch [-v] RUNS COMMAND [ARGUMENT...], 1 to %d runs\n", MAX_RUNS);
        return 2;
    }
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int i = 0; i < runs; i++)
        times[i] = run(argv + 2 + shown, null, shown ? 1 : null);
    printf("launch ns");
    for (int i = 0; i < runs; i++)
        printf(" %lld", (long long)times[i]);
    printf("\n");
    return 0;
}
