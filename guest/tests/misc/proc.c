/* /proc: what programs read there. */
#include "../check.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

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

static int link_mode(int fd) {
    char name[64];
    struct stat st;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    return lstat(name, &st) == 0 ? (int)st.st_mode : -1;
}

/* The line of a table below /proc/net with a socket's inode number. */
static char *socket_line(const char *table, int fd) {
    static char line[512];
    struct stat st;
    char *all = file(table);
    if (!all || fstat(fd, &st) != 0)
        return NULL;
    for (char *at = strtok(all, "\n"); at; at = strtok(NULL, "\n")) {
        char number[32], *word;
        snprintf(line, sizeof line, "%s", at);
        snprintf(number, sizeof number, " %lu ", (unsigned long)st.st_ino);
        strcat(line, " ");
        if ((word = strstr(line, number)))
            return line;
    }
    return NULL;
}

/* Tables of sockets. */
static void sockets(void) {
    char expected[128], *line;
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr_un un = {AF_UNIX, "\0callgate-proc-test"};
    socklen_t length = sizeof in;
    int server = MUST(socket(AF_INET, SOCK_STREAM, 0)), client = MUST(socket(AF_INET, SOCK_STREAM, 0));
    MUST(bind(server, (struct sockaddr *)&in, sizeof in));
    MUST(listen(server, 5));
    MUST(getsockname(server, (struct sockaddr *)&in, &length));
    snprintf(expected, sizeof expected, ": 0100007F:%04X 00000000:0000 0A ", ntohs(in.sin_port));
    CHECK((line = socket_line("/proc/net/tcp", server)) && strstr(line, expected));
    CHECK(strlen(strtok(file("/proc/net/tcp"), "\n")) == 149);
    MUST(connect(client, (struct sockaddr *)&in, sizeof in));
    snprintf(expected, sizeof expected, " 0100007F:%04X 01 ", ntohs(in.sin_port));
    CHECK((line = socket_line("/proc/net/tcp", client)) && strstr(line, expected));
    CHECK((line = socket_line("/proc/net/tcp", server)) && strstr(line, " 0A 00000000:00000001 "));
    close(server), close(client);
    if ((server = socket(AF_INET6, SOCK_DGRAM, 0)) >= 0 && bind(server, (struct sockaddr *)&in6, sizeof in6) == 0) {
        CHECK((line = socket_line("/proc/net/udp6", server)) && strstr(line, ": 00000000000000000000000001000000:"));
        CHECK(line && strstr(line, " 07 "));
    }
    close(server);
    server = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    MUST(bind(server, (struct sockaddr *)&un, sizeof(sa_family_t) + 19));
    MUST(listen(server, 5));
    CHECK((line = socket_line("/proc/net/unix", server)) && strstr(line, ": 00000002 00000000 00010000 0001 01 "));
    CHECK(line && strstr(line, " @callgate-proc-test "));
    close(server);
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
    CHECK(file("/proc/uptime") && sscanf(text, "%lf %lf", &up, &idle) == 2 && up >= 0);
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
    /* Their permissions say how the file is open. */
    CHECK_EQ(link_mode(fd), S_IFLNK | 0500);
    CHECK_EQ(link_mode(ends[1]), S_IFLNK | 0300);
    int both = MUST(open("file", O_RDWR)), path_only = MUST(open("file", O_PATH));
    CHECK_EQ(link_mode(both), S_IFLNK | 0700);
    CHECK_EQ(link_mode(path_only), S_IFLNK);
    close(both), close(path_only);
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

    sockets();

    /* Namespaces have numbers, the same ones for all here; mapped files have links. */
    struct stat st, st2;
    n = readlink("/proc/self/ns/net", target, sizeof target - 1);
    target[n > 0 ? n : 0] = 0;
    CHECK(stat("/proc/self/ns/net", &st) == 0);
    snprintf(expected, sizeof expected, "net:[%lu]", (unsigned long)st.st_ino);
    CHECK(!strcmp(target, expected));
    snprintf(path, sizeof path, "/proc/%d/ns/net", getpid());
    CHECK(stat(path, &st2) == 0 && st2.st_ino == st.st_ino && st2.st_dev == st.st_dev);
    make_file("mapped", "hello");
    int mapped = MUST(open("mapped", O_RDONLY));
    char *place = MUST(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, mapped, 0));
    fstat(mapped, &st);
    snprintf(path, sizeof path, "/proc/self/map_files/%lx-%lx", (unsigned long)place, (unsigned long)place + 4096);
    CHECK(stat(path, &st2) == 0 && st2.st_ino == st.st_ino);
    close(mapped);
    unlink("mapped");

    /* The first of all. */
    CHECK(has("/proc/1/stat", "1 (") && has("/proc/1/status", "Pid:\t1\n") && has("/proc/1/status", "Uid:\t0\t0"));
    CHECK(kill(1, 0) == 0 || errno == EPERM);

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
