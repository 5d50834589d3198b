/* flock, record locks of processes, record locks of open files. */
#include "../check.h"

#include <sys/file.h>

static struct flock region(short type, off_t start, off_t length) {
    return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
}

static int set(int fd, int command, short type, off_t start, off_t length) {
    struct flock lock = region(type, start, length);
    return fcntl(fd, command, &lock);
}

static void whole_files(void) {
    int a = MUST(open("file", O_RDWR | O_CREAT, 0600)), b = MUST(open("file", O_RDONLY)), copy = MUST(dup(a));
    CHECK_EQ(flock(a, LOCK_SH), 0);
    CHECK_EQ(flock(b, LOCK_SH | LOCK_NB), 0);
    CHECK_ERRNO(flock(a, LOCK_EX | LOCK_NB), EWOULDBLOCK);
    CHECK_EQ(flock(b, LOCK_UN), 0);
    CHECK_EQ(flock(copy, LOCK_EX | LOCK_NB), 0); /* the lock is the open file's: this converts it */
    CHECK_ERRNO(flock(b, LOCK_SH | LOCK_NB), EWOULDBLOCK);
    close(a);
    CHECK_ERRNO(flock(b, LOCK_SH | LOCK_NB), EWOULDBLOCK); /* until its last descriptor closes */
    close(copy);
    CHECK_EQ(flock(b, LOCK_EX | LOCK_NB), 0);
    CHECK_ERRNO(flock(b, 0), EINVAL);
    CHECK_ERRNO(flock(999, LOCK_SH), EBADF);
    CHECK_EQ(IN_CHILD(_exit(flock(b, LOCK_UN))), 0); /* a child may release it */
    a = MUST(open("file", O_RDWR));
    CHECK_EQ(flock(a, LOCK_EX | LOCK_NB), 0);
    pid_t waiter = MUST(fork());
    if (waiter == 0)
        _exit(flock(b, LOCK_EX) != 0);
    sleep_ms(30);
    CHECK_EQ(waitpid(waiter, NULL, WNOHANG), 0);
    flock(a, LOCK_UN);
    CHECK_EQ(wait_for(waiter), 0);
    close(a), close(b);
}

static void process_records(void) {
    int fd = MUST(open("file", O_RDWR));
    CHECK_EQ(set(fd, F_SETLK, F_WRLCK, 0, 100), 0);
    CHECK_EQ(set(fd, F_SETLK, F_WRLCK, 50, 100), 0); /* own locks never conflict */
    struct flock lock = region(F_WRLCK, 0, 0);
    CHECK(fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_UNLCK);
    CHECK_EQ(set(fd, F_SETLK, F_UNLCK, 40, 20), 0); /* leaves [0,40) and [60,150) */
    pid_t parent = getpid();
    CHECK_EQ(IN_CHILD({
        lock = region(F_RDLCK, 0, 0);
        CHECK(fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_WRLCK && lock.l_pid == parent && lock.l_start == 0 &&
              lock.l_len == 40);
        CHECK_EQ(set(fd, F_SETLK, F_WRLCK, 40, 20), 0);
        CHECK_ERRNO(set(fd, F_SETLK, F_WRLCK, 39, 1), EAGAIN);
        CHECK_ERRNO(set(fd, F_SETLK, F_RDLCK, 60, 1), EAGAIN);
        CHECK_EQ(set(fd, F_SETLK, F_WRLCK, 150, 0), 0);
    }), 0);
    CHECK_EQ(set(fd, F_SETLK, F_WRLCK, 150, 0), 0); /* a process's end releases its locks */
    /* Closing any descriptor of the file releases all of the process's locks on it. */
    close(MUST(open("file", O_RDONLY)));
    CHECK_EQ(IN_CHILD(CHECK_EQ(set(fd, F_SETLK, F_WRLCK, 0, 0), 0)), 0);
    int reader = MUST(open("file", O_RDONLY));
    CHECK_ERRNO(set(reader, F_SETLK, F_WRLCK, 0, 1), EBADF);
    CHECK_ERRNO(set(fd, F_SETLK, 9, 0, 1), EINVAL);
    CHECK_ERRNO(set(fd, F_SETLK, F_WRLCK, -1, 1), EINVAL);
    close(reader), close(fd);
}

static void nothing(int number) { (void)number; }

static void waiting(void) {
    int fd = MUST(open("file", O_RDWR)), ready[2], go[2];
    char c;
    MUST(pipe(ready));
    MUST(pipe(go));
    pid_t holder = MUST(fork());
    if (holder == 0) {
        set(fd, F_SETLK, F_WRLCK, 0, 10);
        write(ready[1], "x", 1);
        read(go[0], &c, 1);
        sleep_ms(30);
        _exit(0);
    }
    MUST(read(ready[0], &c, 1));
    CHECK_ERRNO(set(fd, F_SETLK, F_RDLCK, 0, 1), EAGAIN);
    struct sigaction action = {.sa_handler = nothing};
    sigaction(SIGALRM, &action, NULL);
    ualarm(20000, 0);
    CHECK_ERRNO(set(fd, F_SETLKW, F_RDLCK, 0, 1), EINTR);
    write(go[1], "x", 1);
    CHECK_EQ(set(fd, F_SETLKW, F_RDLCK, 0, 1), 0); /* once the holder is gone */
    CHECK_EQ(wait_for(holder), 0);
    set(fd, F_SETLK, F_UNLCK, 0, 0);

    /* Each waits for what the other holds: one of them is told. */
    set(fd, F_SETLK, F_WRLCK, 0, 1);
    holder = MUST(fork());
    if (holder == 0) {
        set(fd, F_SETLK, F_WRLCK, 1, 1);
        write(ready[1], "x", 1);
        _exit(set(fd, F_SETLKW, F_WRLCK, 0, 1) ? errno : 0);
    }
    MUST(read(ready[0], &c, 1));
    sleep_ms(50);
    int mine = set(fd, F_SETLKW, F_WRLCK, 1, 1) ? errno : 0;
    set(fd, F_SETLK, F_UNLCK, 0, 0);
    int others = wait_for(holder);
    CHECK((mine == EDEADLK && others == 0) || (mine == 0 && others == EDEADLK));
    close(fd);
}

static void file_records(void) {
    int a = MUST(open("file", O_RDWR)), b = MUST(open("file", O_RDWR));
    CHECK_EQ(set(a, F_OFD_SETLK, F_WRLCK, 0, 10), 0);
    CHECK_ERRNO(set(b, F_OFD_SETLK, F_WRLCK, 5, 10), EAGAIN); /* same process, other open file */
    CHECK_EQ(set(b, F_OFD_SETLK, F_WRLCK, 10, 10), 0);
    struct flock lock = region(F_RDLCK, 0, 0);
    CHECK(fcntl(b, F_OFD_GETLK, &lock) == 0 && lock.l_type == F_WRLCK && lock.l_pid == -1 && lock.l_len == 10);
    lock = region(F_RDLCK, 30, 1);
    lock.l_pid = 1;
    CHECK_ERRNO(fcntl(a, F_OFD_SETLK, &lock), EINVAL);
    CHECK_ERRNO(set(b, F_SETLK, F_WRLCK, 0, 1), EAGAIN); /* they conflict with process locks too */
    close(MUST(open("file", O_RDONLY)));
    CHECK_ERRNO(set(b, F_OFD_SETLK, F_RDLCK, 0, 1), EAGAIN); /* a close elsewhere releases nothing */
    close(a);
    CHECK_EQ(set(b, F_OFD_SETLK, F_RDLCK, 0, 1), 0);
    close(b);
}

int main(void) {
    enter_scratch();
    whole_files();
    process_records();
    waiting();
    file_records();
    leave_scratch();
    return done();
}
