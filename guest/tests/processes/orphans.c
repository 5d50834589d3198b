/* Orphans get a new parent; a subreaper is nearer than init; stopped orphan groups are told. */
#include "../check.h"

#include <sys/prctl.h>

int main(void) {
    int ends[2];
    MUST(pipe(ends));
    pid_t reported;

    /* Without a subreaper the orphan's parent becomes another process. */
    pid_t child = MUST(fork());
    if (child == 0) {
        pid_t parent = getpid();
        if (fork() == 0) {
            while (getppid() == parent)
                sleep_ms(1);
            pid_t now = getppid();
            write(ends[1], &now, sizeof now);
            _exit(0);
        }
        _exit(0);
    }
    CHECK_EQ(wait_for(child), 0);
    CHECK_EQ(read(ends[0], &reported, sizeof reported), sizeof reported);
    CHECK(reported != child && reported > 0);
    CHECK_ERRNO(wait(NULL), ECHILD); /* grandchildren are not children */

    CHECK_EQ(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    int on = 0;
    CHECK(prctl(PR_GET_CHILD_SUBREAPER, &on) == 0 && on == 1);
    child = MUST(fork());
    if (child == 0) {
        pid_t parent = getpid();
        if (fork() == 0) {
            while (getppid() == parent)
                sleep_ms(1);
            pid_t now = getppid();
            write(ends[1], &now, sizeof now);
            _exit(9);
        }
        _exit(0);
    }
    CHECK_EQ(wait_for(child), 0);
    CHECK_EQ(read(ends[0], &reported, sizeof reported), sizeof reported);
    CHECK_EQ(reported, getpid());
    int status;
    CHECK(wait(&status) > 0 && WEXITSTATUS(status) == 9);

    /* A child may ask for a signal at its parent's death. */
    child = MUST(fork());
    if (child == 0) {
        pid_t grandchild = fork();
        if (grandchild == 0) {
            sigset_t set;
            sigemptyset(&set);
            sigaddset(&set, SIGUSR1);
            sigprocmask(SIG_BLOCK, &set, NULL);
            prctl(PR_SET_PDEATHSIG, SIGUSR1);
            int number = 0;
            write(ends[1], &number, sizeof number);
            struct timespec limit = {5, 0};
            number = sigtimedwait(&set, NULL, &limit);
            write(ends[1], &number, sizeof number);
            _exit(0);
        }
        sleep_ms(50);
        _exit(0);
    }
    int number = -1;
    MUST(read(ends[0], &number, sizeof number));
    CHECK_EQ(wait_for(child), 0);
    MUST(read(ends[0], &number, sizeof number));
    CHECK_EQ(number, SIGUSR1);

    /* A group that is orphaned while stopped gets SIGHUP and SIGCONT. */
    child = MUST(fork());
    if (child == 0) {
        setsid();
        pid_t stopped = fork();
        if (stopped == 0) {
            setpgid(0, 0);
            raise(SIGSTOP);
            for (;;)
                pause();
        }
        waitpid(stopped, NULL, WUNTRACED);
        write(ends[1], &stopped, sizeof stopped);
        _exit(0);
    }
    pid_t stopped;
    MUST(read(ends[0], &stopped, sizeof stopped));
    CHECK_EQ(wait_for(child), 0);
    int status_of_stopped = -1;
    CHECK(waitpid(stopped, &status_of_stopped, 0) == stopped && WTERMSIG(status_of_stopped) == SIGHUP);
    return done();
}
