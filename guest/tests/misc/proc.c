/* /proc: what programs read there. */
#include "../check.h"

#include <dirent.h>

static char text[65536];

static char *file(const char *path) {
    int fd = open(path, O_RDONLY);
    ssize_t n = 0, got;
    if (fd < 0)
        return NULL;
    while (n < (ssize_t)sizeof text - 1 && (got = read(fd, text + n, sizeof text - 1 - (size_t)n)) > 0)
        n += got;
    text[n] = 0;
    close(fd);
    return text;
}

static int has(const char *path, const char *part) {
    char *all = file(path);
    return all && strstr(all, part) != NULL;
}

int main(void) {
    char path[64], target[256], expected[128];
    pid_t self = getpid();
    snprintf(expected, sizeof expected, "%d", self);
    ssize_t n = readlink("/proc/self", target, sizeof target);
    CHECK(n == (ssize_t)strlen(expected) && !memcmp(target, expected, (size_t)n));
    snprintf(path, sizeof path, "/proc/%d/status", self);
    snprintf(expected, sizeof expected, "Pid:\t%d\n", self);
    CHECK(has(path, expected));
    snprintf(expected, sizeof expected, "PPid:\t%d\n", getppid());
    CHECK(has(path, expected));
    CHECK(has(path, "State:\tR (running)") && has(path, "Threads:\t1\n") && has(path, "VmRSS:") && has(path, "SigIgn:"));
    snprintf(expected, sizeof expected, "Uid:\t%d\t%d\t%d\t%d\n", getuid(), geteuid(), geteuid(), geteuid());
    CHECK(has(path, expected));

    int pid = 0, ppid = 0, pgrp = 0;
    char name[64], state = 0;
    char *stat_text = file("/proc/self/stat");
    CHECK(stat_text && sscanf(stat_text, "%d (%63[^)]) %c %d %d", &pid, name, &state, &ppid, &pgrp) == 5);
    CHECK(pid == self && state == 'R' && ppid == getppid() && pgrp == getpgrp());
    int fields = 0;
    for (char *s = stat_text; s && *s; s++)
        fields += *s == ' ';
    CHECK_EQ(fields, 51);

    CHECK(has("/proc/meminfo", "MemTotal:") && has("/proc/meminfo", "MemAvailable:"));
    CHECK(has("/proc/cpuinfo", "processor\t: 0"));
    CHECK(has("/proc/stat", "cpu ") && has("/proc/stat", "btime "));
    CHECK(has("/proc/filesystems", "tmpfs") && has("/proc/filesystems", "proc"));
    CHECK(has("/proc/mounts", " / ") && has("/proc/self/mountinfo", " / / "));
    double up = 0, idle = 0;
    CHECK(file("/proc/uptime") && sscanf(text, "%lf %lf", &up, &idle) == 2 && up > 0);
    CHECK(has("/proc/loadavg", "/"));
    CHECK(has("/proc/version", "Linux version"));
    CHECK(has("/proc/sys/kernel/ostype", "Linux"));
    CHECK(file("/proc/sys/kernel/pid_max") && atoi(text) > 100);
    CHECK(file("/proc/self/limits") && strstr(text, "Max open files"));
    CHECK(file("/proc/self/environ") != NULL);
    CHECK(file("/proc/self/cgroup") != NULL);

    /* Descriptors: links that lead to the open files themselves. */
    enter_scratch();
    make_file("file", "hello");
    int fd = MUST(open("file", O_RDONLY)), ends[2];
    MUST(pipe(ends));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    snprintf(expected, sizeof expected, "%s/file", scratch);
    n = readlink(path, target, sizeof target - 1);
    target[n > 0 ? n : 0] = 0;
    CHECK(!strcmp(target, expected));
    unlink("file");
    n = readlink(path, target, sizeof target - 1);
    target[n > 0 ? n : 0] = 0;
    strcat(expected, " (deleted)");
    CHECK(!strcmp(target, expected));
    int again = open(path, O_RDONLY); /* even without a name */
    CHECK(again >= 0 && read(again, target, 5) == 5 && !memcmp(target, "hello", 5));
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    n = readlink(path, target, sizeof target - 1);
    CHECK(n > 6 && !strncmp(target, "pipe:[", 6));
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
    CHECK(has(path, "pos:\t0\n"));
    DIR *dir = opendir("/proc/self/fd");
    int found = 0;
    for (struct dirent *e; dir && (e = readdir(dir));)
        found += atoi(e->d_name) == fd && e->d_name[0] != '.';
    CHECK_EQ(found, 1);
    n = readlink("/proc/self/cwd", target, sizeof target - 1);
    target[n > 0 ? n : 0] = 0;
    CHECK(!strcmp(target, scratch));
    CHECK(readlink("/proc/self/root", target, sizeof target) == 1 && target[0] == '/');

    /* Other processes, and the end of one. */
    pid_t child = MUST(fork());
    if (child == 0)
        for (;;)
            pause();
    snprintf(path, sizeof path, "/proc/%d/stat", child);
    int state_ok = 0;
    for (int i = 0; i < 500 && !state_ok; i++, sleep_ms(2))
        state_ok = file(path) && strstr(text, ") S ") != NULL;
    CHECK(state_ok);
    kill(child, SIGKILL);
    siginfo_t info;
    waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
    CHECK(has(path, ") Z "));
    wait_for(child);
    CHECK(file(path) == NULL && errno == ENOENT);
    CHECK_ERRNO(open("/proc/999999/stat", O_RDONLY), ENOENT);
    CHECK(mkdir("/proc/x", 0755) == -1);
    leave_scratch();
    return done();
}
