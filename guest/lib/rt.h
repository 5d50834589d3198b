/* A runtime of our own for small static riscv64 programs: system calls, strings, formatted output.
 * It replaces a C library, so that the built-in image holds only code of this project. Not thread-safe. */
#ifndef RT_H
#define RT_H

#include <asm/errno.h>
#include <asm/fcntl.h>
#include <asm/signal.h>
#include <asm/stat.h>
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/stat.h>
#include <linux/wait.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

typedef long ssize_t;

enum { STDIN, STDOUT, STDERR };

/* A system call as the kernel gives it: a result, or a negative errno. */
long rt_syscall(long nr, long a, long b, long c, long d, long e, long f);
#define SYS6(nr, a, b, c, d, e, f) \
    rt_syscall(__NR_##nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define SYS0(nr) SYS6(nr, 0, 0, 0, 0, 0, 0)
#define SYS1(nr, a) SYS6(nr, a, 0, 0, 0, 0, 0)
#define SYS2(nr, a, b) SYS6(nr, a, b, 0, 0, 0, 0)
#define SYS3(nr, a, b, c) SYS6(nr, a, b, c, 0, 0, 0)
#define SYS4(nr, a, b, c, d) SYS6(nr, a, b, c, d, 0, 0)
#define SYS5(nr, a, b, c, d, e) SYS6(nr, a, b, c, d, e, 0)

extern char **environ;
extern const char *program_name;

int main(int argc, char **argv);

size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/* The value of an environment variable, or NULL. */
char *get_env(const char *name);
/* Memory that is never freed; ends the program with status 1 when there is none. */
void *allocate(size_t size);
char *duplicate(const char *s, size_t length);
/* Reads a decimal number; false when the whole text is not one, or it does not fit in 63 bits. */
int parse_number(const char *s, long *number);
/* Text for an errno, or "error N". */
const char *error_text(long error);

/* Standard output is buffered until flush() or the end; print knows %s %c %d %u %x %o, l, widths ("%-8s", "%04x"). */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void put(const char *bytes, size_t length);
/* False when the output could not be written. */
int flush(void);
/* To standard error: "program: " message newline. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* complain("WHAT: error text"); returns 1, the usual exit status. */
int fail(const char *what, long error);
_Noreturn void end(int status);

/* A copy of this process; as fork(2). */
long fork_process(void);
/* Runs a program, looked up in PATH unless its name has a slash; returns only a negative errno. */
long execute(char **argv, char **environment);

/* Writes all bytes; 0 or a negative errno. */
long write_all(int fd, const void *bytes, size_t length);

struct reader {
    int fd;
    size_t at, length;
    char bytes[4096];
};
/* The next line without its newline, ended by NUL, or NULL at the end of the input; *length without the NUL. */
char *read_line(struct reader *in, size_t *length);

#endif
