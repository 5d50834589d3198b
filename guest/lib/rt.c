#include "rt.h"

char **environ;
const char *program_name = "?";

long rt_syscall(long nr, long a, long b, long c, long d, long e, long f) {
    register long a7 __asm__("a7") = nr;
    register long a0 __asm__("a0") = a;
    register long a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c;
    register long a3 __asm__("a3") = d;
    register long a4 __asm__("a4") = e;
    register long a5 __asm__("a5") = f;
    __asm__ volatile("ecall"
                     : "+r"(a0)
                     : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
                     : "memory");
    return a0;
}

_Noreturn void rt_start(long *stack) {
    int argc = (int)stack[0];
    char **argv = (char **)(stack + 1);
    environ = argv + argc + 1;
    if (argc > 0) {
        program_name = argv[0];
        for (const char *s = argv[0]; *s; s++)
            if (*s == '/' && s[1])
                program_name = s + 1;
    }
    end(main(argc, argv));
}

size_t strlen(const char *s) {
    size_t n = 0;
    while (s[n])
        n++;
    return n;
}

int strcmp(const char *a, const char *b) {
    while (*a && *a == *b)
        a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t n) {
    for (; n > 0; n--, a++, b++)
        if (*a != *b || !*a)
            return (unsigned char)*a - (unsigned char)*b;
    return 0;
}

char *strchr(const char *s, int c) {
    for (;; s++) {
        if (*s == (char)c)
            return (char *)s;
        if (!*s)
            return NULL;
    }
}

void *memcpy(void *to, const void *from, size_t n) {
    return memmove(to, from, n);
}

void *memmove(void *to, const void *from, size_t n) {
    char *t = to;
    const char *f = from;
    if (t <= f)
        for (size_t i = 0; i < n; i++)
            t[i] = f[i];
    else
        while (n-- > 0)
            t[n] = f[n];
    return to;
}

void *memset(void *to, int byte, size_t n) {
    for (size_t i = 0; i < n; i++)
        ((char *)to)[i] = (char)byte;
    return to;
}

int memcmp(const void *a, const void *b, size_t n) {
    const unsigned char *x = a, *y = b;
    for (size_t i = 0; i < n; i++)
        if (x[i] != y[i])
            return x[i] - y[i];
    return 0;
}

char *get_env(const char *name) {
    size_t n = strlen(name);
    for (char **e = environ; *e; e++)
        if (!strncmp(*e, name, n) && (*e)[n] == '=')
            return *e + n + 1;
    return NULL;
}

void *allocate(size_t size) {
    static char *next, *limit;
    size = (size + 15) & ~15UL;
    if (!next)
        next = limit = (char *)SYS1(brk, 0);
    if ((size_t)(limit - next) < size) {
        size_t grow = (size + 0xffff) & ~0xffffUL;
        if ((char *)SYS1(brk, limit + grow) != limit + grow) {
            complain("out of memory");
            end(1);
        }
        limit += grow;
    }
    char *given = next;
    next += size;
    return given;
}

char *duplicate(const char *s, size_t length) {
    char *copy = allocate(length + 1);
    memcpy(copy, s, length);
    copy[length] = 0;
    return copy;
}

int parse_number(const char *s, long *number) {
    long n = 0;
    int negative = *s == '-';
    s += negative;
    if (!*s)
        return 0;
    for (; *s; s++) {
        if (*s < '0' || *s > '9' || __builtin_mul_overflow(n, 10L, &n) || __builtin_add_overflow(n, *s - '0', &n))
            return 0;
    }
    *number = negative ? -n : n;
    return 1;
}

const char *error_text(long error) {
    static char other[32];
    switch (error < 0 ? -error : error) {
        case EPERM: return "Operation not permitted";
        case ENOENT: return "No such file or directory";
        case ESRCH: return "No such process";
        case EINTR: return "Interrupted system call";
        case EIO: return "Input/output error";
        case E2BIG: return "Argument list too long";
        case ENOEXEC: return "Exec format error";
        case EBADF: return "Bad file descriptor";
        case ECHILD: return "No child processes";
        case EAGAIN: return "Resource temporarily unavailable";
        case ENOMEM: return "Cannot allocate memory";
        case EACCES: return "Permission denied";
        case EEXIST: return "File exists";
        case ENOTDIR: return "Not a directory";
        case EISDIR: return "Is a directory";
        case EINVAL: return "Invalid argument";
        case EMFILE: return "Too many open files";
        case ENOSPC: return "No space left on device";
        case EROFS: return "Read-only file system";
        case EPIPE: return "Broken pipe";
        case ENAMETOOLONG: return "File name too long";
        case ENOSYS: return "Function not implemented";
        case ENOTEMPTY: return "Directory not empty";
        case ELOOP: return "Too many levels of symbolic links";
    }
    char digits[20];
    int n = 0, at = 6;
    memcpy(other, "error ", 6);
    for (unsigned long e = error < 0 ? -error : error; e || !n; e /= 10)
        digits[n++] = (char)('0' + e % 10);
    while (n > 0)
        other[at++] = digits[--n];
    other[at] = 0;
    return other;
}

long fork_process(void) {
    return SYS5(clone, SIGCHLD, 0, 0, 0, 0);
}

long execute(char **argv, char **environment) {
    const char *name = argv[0], *path = get_env("PATH");
    if (strchr(name, '/'))
        return SYS3(execve, name, argv, environment);
    if (!path)
        path = "/bin:/usr/bin:/sbin:/usr/sbin";
    long worst = -ENOENT;
    while (*path) {
        size_t n = 0;
        while (path[n] && path[n] != ':')
            n++;
        char *file = allocate(n + strlen(name) + 2);
        memcpy(file, path, n);
        file[n] = '/';
        memcpy(file + n + 1, name, strlen(name) + 1);
        long error = SYS3(execve, file, argv, environment);
        if (error != -ENOENT && error != -ENOTDIR)
            worst = error;
        if (worst != -EACCES && worst != -ENOENT)
            return worst;
        path += n + (path[n] == ':');
    }
    return worst;
}

/* ---- output ---- */

struct sink {
    int fd;
    long error;
    size_t length;
    char bytes[4096];
};

static struct sink standard_output = {.fd = STDOUT};

long write_all(int fd, const void *bytes, size_t length) {
    const char *at = bytes;
    while (length > 0) {
        long n = SYS3(write, fd, at, length);
        if (n == -EINTR)
            continue;
        if (n < 0)
            return n;
        at += n;
        length -= (size_t)n;
    }
    return 0;
}

static void sink_flush(struct sink *out) {
    long error = write_all(out->fd, out->bytes, out->length);
    if (error && !out->error)
        out->error = error;
    out->length = 0;
}

static void sink_put(struct sink *out, const char *bytes, size_t length) {
    while (length > 0) {
        if (out->length == sizeof out->bytes)
            sink_flush(out);
        size_t n = sizeof out->bytes - out->length;
        if (n > length)
            n = length;
        memcpy(out->bytes + out->length, bytes, n);
        out->length += n;
        bytes += n;
        length -= n;
    }
}

static void sink_number(struct sink *out, unsigned long n, unsigned base, int negative, int width, char fill, int left) {
    char text[72];
    int at = sizeof text;
    do
        text[--at] = "0123456789abcdef"[n % base];
    while (n /= base);
    if (negative)
        text[--at] = '-';
    int length = (int)sizeof text - at;
    for (int i = length; !left && i < width; i++)
        sink_put(out, &fill, 1);
    sink_put(out, text + at, (size_t)length);
    for (int i = length; left && i < width; i++)
        sink_put(out, " ", 1);
}

static void sink_text(struct sink *out, const char *s, int width, int left) {
    int length = (int)strlen(s);
    for (int i = length; !left && i < width; i++)
        sink_put(out, " ", 1);
    sink_put(out, s, (size_t)length);
    for (int i = length; left && i < width; i++)
        sink_put(out, " ", 1);
}

static void sink_format(struct sink *out, const char *f, va_list args) {
    for (; *f; f++) {
        if (*f != '%') {
            sink_put(out, f, 1);
            continue;
        }
        int left = 0, width = 0, is_long = 0;
        char fill = ' ';
        for (f++; *f == '-' || *f == '0'; f++)
            *f == '-' ? (left = 1) : (fill = '0');
        for (; *f >= '0' && *f <= '9'; f++)
            width = width * 10 + *f - '0';
        for (; *f == 'l' || *f == 'z'; f++)
            is_long = 1;
        switch (*f) {
            case 's': sink_text(out, va_arg(args, const char *), width, left); break;
            case 'c': {
                char c = (char)va_arg(args, int);
                sink_put(out, &c, 1);
                break;
            }
            case 'd': {
                long n = is_long ? va_arg(args, long) : va_arg(args, int);
                sink_number(out, n < 0 ? -(unsigned long)n : (unsigned long)n, 10, n < 0, width, fill, left);
                break;
            }
            case 'u': case 'x': case 'o': {
                unsigned long n = is_long ? va_arg(args, unsigned long) : va_arg(args, unsigned);
                sink_number(out, n, *f == 'u' ? 10 : *f == 'x' ? 16 : 8, 0, width, fill, left);
                break;
            }
            default: sink_put(out, f, 1);
        }
    }
}

void print(const char *format, ...) {
    va_list args;
    va_start(args, format);
    sink_format(&standard_output, format, args);
    va_end(args);
}

void put(const char *bytes, size_t length) {
    sink_put(&standard_output, bytes, length);
}

int flush(void) {
    sink_flush(&standard_output);
    return standard_output.error == 0;
}

static void complain_list(const char *format, va_list args, const char *more) {
    struct sink err = {.fd = STDERR};
    flush();
    sink_text(&err, program_name, 0, 0);
    sink_put(&err, ": ", 2);
    sink_format(&err, format, args);
    sink_text(&err, more, 0, 0);
    sink_put(&err, "\n", 1);
    sink_flush(&err);
}

void complain(const char *format, ...) {
    va_list args;
    va_start(args, format);
    complain_list(format, args, "");
    va_end(args);
}

int fail(const char *what, long error) {
    complain("%s: %s", what, error_text(error));
    return 1;
}

_Noreturn void end(int status) {
    if (!flush() && status == 0) {
        if (standard_output.error != -EPIPE)
            fail("write error", standard_output.error);
        status = 1;
    }
    for (;;)
        SYS1(exit_group, status);
}

/* ---- input ---- */

char *read_line(struct reader *in, size_t *length) {
    static char *line;
    static size_t capacity;
    size_t n = 0;
    for (;;) {
        if (in->at == in->length) {
            long got = SYS3(read, in->fd, in->bytes, sizeof in->bytes);
            if (got == -EINTR)
                continue;
            if (got <= 0) {
                if (n == 0)
                    return NULL;
                break;
            }
            in->at = 0;
            in->length = (size_t)got;
        }
        char c = in->bytes[in->at++];
        if (n + 1 >= capacity) {
            char *bigger = allocate(capacity = capacity ? capacity * 2 : 256);
            memcpy(bigger, line, n);
            line = bigger;
        }
        if (c == '\n')
            break;
        line[n++] = c;
    }
    line[n] = 0;
    *length = n;
    return line;
}
