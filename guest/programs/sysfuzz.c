/* sysfuzz SEED ROUNDS [MS]: system calls by chance that know what their arguments mean, from several processes and threads that share memory
 * and files; the kernel must live. Where fuzz gives senseless numbers, this program gives open files, addresses at the ends of pages, lengths that
 * overflow, paths that loop. Each round ends after MS (default 1500) milliseconds. For tests inside only: it kills all other processes. */
#include "rt.h"

enum { ARENA = 65536, FDS = 40, STACK = 65536, PROCESSES = 3, CALLS = 3000, ROUND_MS = 1500, PAGE = 4096, PLAYGROUND = 32 * PAGE };

/* One stream of calls: a process or a thread. */
struct stream {
    uint64_t state;
    long left;
    int is_copy;
};

static char arena[2 * ARENA] __attribute__((aligned(4096))); /* the second half takes what is read beyond the first */
static char stacks[2][STACK] __attribute__((aligned(16)));
static char *playground, *page_end, *read_only, *no_access, *beyond_end;
static char long_path[6000];
static int fds[FDS];
static int fd_count;

static uint64_t next(struct stream *s) {
    s->state ^= s->state << 13;
    s->state ^= s->state >> 7;
    s->state ^= s->state << 17;
    return s->state * 0x2545f4914f6cdd1dull;
}

static unsigned below(struct stream *s, unsigned n) {
    return (unsigned)((next(s) >> 20) % n);
}

#define PICK(s, list) (list)[below(s, sizeof(list) / sizeof *(list))]

static long number(struct stream *s) {
    static const long edges[] = {0, 1, -1, 2, 8, 16, 64, 4095, 4096, 65536, 0x7fffffff, (long)0xffffffff80000000ul, 0x80000000l, 0xffffffffl,
                                 0x7fffffffffffffffl, (long)0x8000000000000000ul, 1l << 38, (1l << 38) - 1, -100, -4096,
                                 0x7ffffffffffff000l, 0x7fffffff000l, 0x100000000l, 0x100000001l, 999999999, 1000000000};
    switch (below(s, 4)) {
    case 0:
        return PICK(s, edges);
    case 1:
        return (long)below(s, 64);
    case 2:
        return 1l << below(s, 64);
    default:
        return (long)(next(s) >> below(s, 64));
    }
}

static long flags(struct stream *s) {
    switch (below(s, 8)) {
    default:
        return 0;
    case 1:
        return 1l << below(s, 32);
    case 2:
        return 1l << below(s, 14) | 1l << below(s, 14);
    case 3:
        return number(s);
    }
}

static long length(struct stream *s) {
    return below(s, 8) ? (long)below(s, below(s, 4) ? 300 : 20000) : number(s);
}

static long descriptor(struct stream *s) {
    switch (below(s, 12)) {
    case 0:
        return (long)below(s, 80) - 2;
    case 1:
        return number(s);
    default:
        return fds[below(s, (unsigned)fd_count)];
    }
}

static long bad_address(struct stream *s) {
    switch (below(s, 9)) {
    case 0:
        return 0;
    case 1:
        return (long)read_only + below(s, PAGE);
    case 2:
        return (long)no_access + below(s, PAGE);
    case 3:
        return (long)beyond_end + below(s, 2 * PAGE);
    case 4:
        return (long)page_end - below(s, 9);
    case 5:
        return -(long)below(s, 2 * PAGE);
    case 6:
        return (1l << 38) - (long)below(s, 2 * PAGE);
    case 7:
        return (long)below(s, PAGE * 4);
    default:
        return number(s);
    }
}

/* Where a structure of size bytes may lie: mostly sound, else NULL. */
static char *place(struct stream *s, unsigned size) {
    switch (below(s, 16)) {
    case 0:
        return NULL;
    case 1:
        return page_end - size;
    case 2:
        return arena + below(s, ARENA - size);
    default:
        return arena + (below(s, ARENA - size) & ~15u);
    }
}

static long buffer(struct stream *s) {
    char *at = place(s, 1024);
    return at ? (long)at : bad_address(s);
}

static long words(struct stream *s, const long *values, unsigned count) {
    char *at = place(s, count * 8);
    if (!at)
        return bad_address(s);
    memcpy(at, values, count * 8);
    return (long)at;
}

static long random_structure(struct stream *s) {
    long values[16];
    for (int i = 0; i < 16; i++)
        values[i] = below(s, 3) ? (long)below(s, 10) : below(s, 2) ? buffer(s) : number(s);
    return words(s, values, 16);
}

static const char *path_text(struct stream *s) {
    static const char *const paths[] = {
        "/tmp/f/a", "/tmp/f/b", "/tmp/f/c/d", "/tmp/f/c", "/tmp/f", "a", "b", "c", "c/d", "c/../a", "./b/", "", ".", "..", "/", "//tmp//f/./a",
        "/tmp/f/loop1", "/tmp/f/loop2/x", "/tmp/f/link", "/tmp/f/fifo", "/tmp/f/socket", "/tmp/f/hard", "/tmp/f/../../tmp/f/a",
        "/rw/a", "/rw/b", "/rw/d", "/rw/d/e", "/rw/link", "/rw/../rw/a", "/rw/out", "/rw/out/x", "/rw/abs", "/rw/up/secret", "/rw", "/rw/d/..", "/rw/.",
        "/ro/file", "/ro/new", "/ro/dir", "/ro", "/ro/out", "/ro/../ro/file",
        "/proc/self/maps", "/proc/self/fd", "/proc/self/fd/3", "/proc/self/fd/20", "/proc/self/mem", "/proc/self/exe", "/proc/self/cwd", "/proc/self/root",
        "/proc/self/cwd/a", "/proc/self/status", "/proc/self/task", "/proc/self/stat", "/proc/self/smaps", "/proc/self/mountinfo", "/proc/self/environ",
        "/proc/self/fdinfo/3", "/proc/self/comm", "/proc/self/oom_score_adj", "/proc/thread-self", "/proc/mounts", "/proc/meminfo", "/proc", "/proc/1/stat",
        "/proc/99999999999", "/proc/sys/kernel/hostname", "/proc/sys/kernel/pid_max", "/proc/uptime", "/proc/self/uid_map",
        "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/tty", "/dev/ptmx", "/dev/pts/0", "/dev/pts", "/dev/shm/x", "/dev/stdin", "/dev/fd/4",
        "/sys", "/sys/devices/system/cpu/online", "/tmp/m", "/tmp/m/a"};
    switch (below(s, 40)) {
    case 0:
        return long_path;
    case 1:
        return long_path + below(s, sizeof long_path);
    default:
        return PICK(s, paths);
    }
}

static long text(struct stream *s, const char *value) {
    unsigned size = (unsigned)strlen(value) + 1;
    char *at = place(s, size);
    if (!at)
        return bad_address(s);
    memcpy(at, value, size);
    return (long)at;
}

static long mount_path(struct stream *s) {
    static const char *const paths[] = {"/tmp/m", "/tmp/m/a", "/tmp/f/c", "/tmp/m/../m", "/rw/d", "/tmp/f/a"};
    return text(s, PICK(s, paths));
}

static long name(struct stream *s) {
    static const char *const names[] = {"tmpfs", "proc", "sysfs", "bind", "overlay", "user.a", "user.b", "trusted.x", "security.capability",
                                        "system.posix_acl_access", "user.", "", "size=1m", "mode=777,size=9999999999999999999", "x"};
    return text(s, below(s, 30) ? PICK(s, names) : long_path + sizeof long_path - 300);
}

static long vector(struct stream *s) {
    long values[32];
    for (int i = 0; i < 32; i += 2) {
        values[i] = buffer(s);
        values[i + 1] = length(s);
    }
    return words(s, values, 32);
}

static long duration(struct stream *s) {
    long values[4] = {0, (long)below(s, 3000000), 0, (long)below(s, 3000000)};
    if (!below(s, 6))
        values[below(s, 4)] = number(s);
    return below(s, 8) ? words(s, values, 4) : 0;
}

static long socket_address(struct stream *s) {
    union {
        long words[16];
        struct {
            uint16_t family, port;
            unsigned char address[4];
        } inet;
        struct {
            uint16_t family;
            char path[108];
        } local;
        struct {
            uint16_t family, port;
            uint32_t flow;
            unsigned char address[16];
        } inet6;
    } u;
    memset(&u, 0, sizeof u);
    switch (below(s, 6)) {
    case 0:
    case 1:
        u.local.family = 1;
        memcpy(u.local.path + below(s, 2), "/tmp/f/socket", 14);
        break;
    case 2:
        u.inet.family = 2;
        u.inet.port = (uint16_t)below(s, 4);
        u.inet.address[0] = 127, u.inet.address[3] = 1;
        break;
    case 3:
        u.inet6.family = 10;
        u.inet6.address[15] = 1;
        break;
    case 4:
        u.inet.family = (uint16_t)below(s, 48);
        break;
    default:
        u.local.family = 1;
        memset(u.local.path, 'x', sizeof u.local.path);
    }
    return words(s, u.words, 16);
}

static long address_length(struct stream *s) {
    static const long sizes[] = {16, 28, 110, 2, 3, 12, 16, 15, 0, 1, 128};
    return below(s, 10) ? PICK(s, sizes) : number(s);
}

static long control_message(struct stream *s) {
    long values[8] = {16 + 4 * (long)below(s, 8), 1 | (long)(below(s, 4) ? 1 : 2) << 32};
    for (int i = 2; i < 8; i++)
        values[i] = (descriptor(s) & 0xffffffffl) | descriptor(s) << 32;
    if (!below(s, 5))
        values[0] = number(s);
    return words(s, values, 8);
}

static long message(struct stream *s) {
    long values[16];
    for (int i = 0; i < 16; i += 8) {
        values[i] = below(s, 2) ? 0 : socket_address(s);
        values[i + 1] = address_length(s);
        values[i + 2] = vector(s);
        values[i + 3] = below(s, 8) ? below(s, 16) : number(s);
        values[i + 4] = below(s, 2) ? 0 : control_message(s);
        values[i + 5] = below(s, 4) ? 16 + below(s, 48) : number(s);
        values[i + 6] = 0;
        values[i + 7] = 0;
    }
    return words(s, values, 16);
}

static long poll_list(struct stream *s) {
    long values[32];
    for (int i = 0; i < 32; i++)
        values[i] = (descriptor(s) & 0xffffffffl) | (long)below(s, 65536) << 32;
    return words(s, values, 32);
}

static long pointers(struct stream *s) {
    long values[8];
    for (int i = 0; i < 7; i++)
        values[i] = text(s, path_text(s));
    values[7] = below(s, 8) ? 0 : buffer(s);
    return words(s, values, 8);
}

static long area(struct stream *s) {
    if (!below(s, 10))
        return bad_address(s);
    return (long)playground + (below(s, PLAYGROUND) & (below(s, 10) ? ~4095u : ~0u));
}

static long area_length(struct stream *s) {
    return below(s, 10) ? (long)below(s, 9) * PAGE : number(s);
}

static long signal_number(struct stream *s) {
    long n = below(s, 10) ? (long)below(s, 67) : number(s);
    return n == SIGKILL || n == SIGSTOP || n == SIGTSTP || n == SIGTTIN || n == SIGTTOU ? SIGUSR1 : n;
}

static long clone_flags(struct stream *s) {
    static const long sets[] = {SIGCHLD, SIGCHLD, 0x4111, 0x11 | 0x400, 0x50f00, 0x11 | 0x1000, 0x11 | 0x400, 0x11 | 0x20000, 0x11 | 0x8000};
    return below(s, 3) ? PICK(s, sets) : PICK(s, sets) | flags(s);
}

static long argument(struct stream *s, char kind) {
    switch (kind) {
    case 'f': return descriptor(s);
    case 'd': return below(s, 3) ? AT_FDCWD : descriptor(s);
    case 'p': return text(s, path_text(s));
    case 'b': return buffer(s);
    case 'n': return length(s);
    case 'i': return below(s, 8) ? (long)below(s, below(s, 2) ? 4 : 40) : number(s);
    case 'g': return flags(s);
    case 's': return random_structure(s);
    case 'v': return vector(s);
    case 'c': return below(s, 8) ? (long)below(s, 17) : number(s);
    case 't': return duration(s);
    case 'a': return area(s);
    case 'A': return area_length(s);
    case 'P': return below(s, 2) ? 0 : SYS0(getpid);
    case 'S': return signal_number(s);
    case 'w': return (long)arena + (long)below(s, 8) * 4;
    case 'x': return text(s, below(s, 2) ? "/bin/true" : path_text(s));
    case 'r': return pointers(s);
    case 'k': return clone_flags(s);
    case 'q': return socket_address(s);
    case 'l': return address_length(s);
    case 'm': return message(s);
    case 'M': return mount_path(s);
    case 'N': return name(s);
    case 'O': return below(s, 3) ? (long)below(s, 100000) : number(s);
    case 'F': return poll_list(s);
    case 'L': {
        long size = address_length(s);
        return words(s, &size, 1);
    }
    case 'o': return below(s, 3) ? (long)(below(s, 3) | (below(s, 2) ? 0100 : 0) | O_NONBLOCK) : flags(s) | O_NONBLOCK;
    case '0': return 0;
    case 'e': return below(s, 16) ? 8 : number(s); /* the size of a set of signals */
    default: return below(s, 2) ? buffer(s) : number(s);
    }
}

/* Meaning of the arguments, by number; a call that is not here gets anything. */
static const struct call {
    short nr, weight;
    const char *kinds;
} calls[] = {
    {0, 1, "gs"}, {5, 1, "pNbng"}, {6, 1, "pNbng"}, {7, 2, "fNbng"}, {8, 1, "pNbn"}, {10, 1, "fNbn"}, {11, 1, "pbn"}, {13, 1, "fbn"}, {14, 1, "pN"},
    {16, 1, "fN"}, {17, 2, "bn"}, {19, 2, "ig"}, {20, 2, "g"}, {21, 8, "fifs"}, {22, 4, "fsii"}, {23, 4, "f"}, {24, 4, "ffg"}, {25, 8, "fii"},
    {29, 10, "fis"}, {32, 2, "fi"}, {33, 2, "dpii"}, {34, 3, "dpi"}, {35, 3, "dpg"}, {36, 2, "pdp"}, {37, 3, "dpdpg"}, {38, 3, "dpdp"}, {39, 1, "Mg"},
    {40, 1, "pMNgN"}, {43, 2, "ps"}, {44, 2, "fs"}, {45, 2, "pO"}, {46, 3, "fO"}, {47, 2, "fgOO"}, {48, 2, "dpi"}, {49, 2, "p"}, {50, 2, "f"},
    {52, 2, "fi"}, {53, 2, "dpi"}, {54, 2, "dpiig"}, {55, 2, "fii"}, {56, 14, "dpoi"}, {57, 3, "f"}, {59, 5, "sg"}, {61, 4, "fbn"}, {62, 4, "fOi"},
    {63, 10, "fbn"}, {64, 10, "fbn"}, {65, 5, "fvc"}, {66, 5, "fvc"}, {67, 4, "fbnO"}, {68, 4, "fbnO"}, {69, 3, "fvcO"}, {70, 3, "fvcO"}, {71, 4, "ffsn"},
    {72, 3, "isssts"}, {73, 3, "Fcts0"}, {74, 3, "fseg"}, {75, 3, "fvcg"}, {76, 4, "fsfsng"}, {77, 4, "ffng"}, {78, 3, "dpbn"}, {79, 3, "dpsg"},
    {80, 3, "fs"}, {81, 1, ""}, {82, 1, "f"}, {84, 1, "fOOg"}, {85, 2, "ig"}, {86, 4, "fgss"}, {87, 3, "fs"}, {88, 2, "dpsg"}, {90, 1, "ss"}, {91, 1, "ss"},
    {95, 2, "iPsgs"}, {96, 1, "w"}, {97, 1, "g"}, {98, 8, "wiitwi"}, {99, 2, "sn"}, {100, 1, "Pss"}, {101, 3, "ts"}, {102, 2, "is"}, {103, 2, "iss"},
    {107, 3, "iss"}, {108, 2, "is"}, {109, 1, "i"}, {110, 3, "igss"}, {111, 2, "i"}, {113, 2, "is"}, {114, 1, "is"}, {115, 3, "igts"}, {118, 1, "Ps"},
    {119, 1, "Pis"}, {122, 1, "Pns"}, {123, 1, "Pns"}, {124, 2, ""}, {125, 1, "i"}, {127, 1, "Ps"}, {129, 2, "PS"}, {130, 2, "PS"}, {131, 2, "PPS"},
    {132, 1, "ss"}, {133, 1, "se"}, {134, 1, "Ss0e"}, {135, 2, "isbe"}, {136, 2, "se"}, {137, 3, "sste"}, {138, 2, "PSs"}, {140, 1, "iPi"},
    {141, 1, "iP"}, {143, 1, "ii"}, {144, 1, "i"}, {145, 1, "ii"}, {146, 1, "i"}, {147, 1, "iii"}, {148, 1, "sss"}, {154, 1, "PP"}, {155, 1, "P"},
    {157, 1, ""}, {158, 2, "is"}, {159, 1, "is"}, {160, 1, "s"}, {161, 1, "bn"}, {163, 1, "is"}, {164, 1, "is"}, {165, 1, "is"}, {166, 1, "i"},
    {167, 3, "inbnn"}, {169, 1, "ss"}, {179, 1, "s"}, {198, 5, "iii"}, {199, 4, "iiis"}, {200, 6, "fql"}, {201, 4, "fi"}, {202, 3, "fqL"}, {203, 6, "fql"},
    {204, 2, "fqL"}, {205, 2, "fqL"}, {206, 6, "fbngql"}, {207, 6, "fbngqL"}, {208, 6, "fiisn"}, {209, 6, "fiisL"}, {210, 2, "fi"}, {211, 8, "fmg"},
    {212, 8, "fmg"}, {213, 2, "fOn"}, {214, 1, "i"}, {215, 4, "aA"}, {216, 4, "aAAga"}, {220, 2, "k0sss"}, {221, 1, "xrr"}, {222, 8, "aAigfO"}, {223, 2, "fOni"},
    {226, 4, "aAi"}, {227, 2, "aAi"}, {228, 1, "aA"}, {229, 1, "aA"}, {230, 1, "i"}, {232, 2, "aAb"}, {233, 5, "aAi"}, {235, 1, "aAisii"},
    {236, 1, "ssiai"}, {238, 1, "Piss"}, {240, 1, "PPSs"}, {242, 3, "fqLg"}, {243, 4, "fmcgt"}, {259, 1, "aAi"}, {260, 3, "PsgS"}, {261, 3, "Piss"},
    {264, 1, "dsbsg"}, {266, 1, "is"}, {267, 1, "f"}, {269, 3, "fmcg"}, {270, 3, "PvcvcO"}, {271, 3, "PvcvcO"}, {276, 3, "dpdpg"}, {278, 2, "bng"}, {279, 3, "Ng"},
    {281, 1, "fxrrg"}, {283, 1, "ii"}, {284, 1, "aAi"}, {285, 4, "fsfsng"}, {286, 2, "fvcOig"}, {287, 2, "fvcOig"}, {291, 3, "dpgis"}, {293, 1, "bnii"},
    {424, 2, "fSsg"}, {425, 1, "is"}, {434, 2, "Pg"}, {435, 1, "sn"}, {436, 1, "iig"}, {437, 4, "dpsn"}, {438, 2, "fig"}, {439, 2, "dpig"}, {440, 1, "fvcig"},
    {441, 3, "fsits"}, {449, 2, "scgti"}, {452, 1, "dpig"}, {454, 2, "wiii"}, {455, 2, "wgii"}, {456, 2, "sgii"},
};

/* Calls that would end the test itself, not test anything. */
static int is_left_out(long nr) {
    switch (nr) {
    case __NR_kill: /* of any process */
    case __NR_tkill:
    case __NR_tgkill:
    case __NR_rt_sigqueueinfo:
    case __NR_rt_tgsigqueueinfo:
    case __NR_pidfd_open:
    case __NR_process_vm_writev:
    case __NR_prlimit64:
    case __NR_setpriority:
    case __NR_umount2:
    case __NR_mount:
    case __NR_exit:
    case __NR_exit_group:
        return 1;
    default:
        return 0;
    }
}

static unsigned total_weight;

static const struct call *weighted_call(struct stream *s) {
    unsigned at = below(s, total_weight);
    const struct call *call = calls;
    while (at >= (unsigned)call->weight)
        at -= (unsigned)call++->weight;
    return call;
}

static void remember(struct stream *s, long result) {
    if (result > 2 && result < 4096 && !below(s, 2))
        fds[below(s, FDS / 2) + FDS / 2] = (int)result;
}

static void one_call(struct stream *s) {
    long values[6], nr;
    if (!below(s, 12)) {
        nr = below(s, 471);
        if (is_left_out(nr))
            return;
        for (int i = 0; i < 6; i++)
            values[i] = argument(s, 0);
    } else {
        const struct call *call = weighted_call(s);
        const char *kinds = call->kinds;
        nr = call->nr;
        for (int i = 0; i < 6; i++) {
            values[i] = argument(s, *kinds);
            kinds += *kinds != 0;
        }
    }
    if (nr == __NR_mmap && below(s, 8))
        values[3] = (values[3] & ~0x100l) | 1l << below(s, 2) | (below(s, 2) ? 0x20 : 0) | (below(s, 2) ? 0x10 : 0);
    if (nr == __NR_exit || nr == __NR_exit_group)
        return;
    long result = rt_syscall(nr, values[0], values[1], values[2], values[3], values[4], values[5]);
    if ((nr == __NR_clone || nr == __NR_clone3) && result == 0) {
        if (s->is_copy)
            for (;;)
                SYS1(exit, 0);
        s->is_copy = 1;
        s->left = 60;
        next(s);
        s->state ^= (uint64_t)SYS0(gettid) << 32;
    }
    remember(s, result);
}

static void on_signal(int signal) {
    (void)signal;
}

/* Handlers for what would end the process; one runs all the time and ends calls that would block for ever. */
static void handle_signals(void) {
    long action[3] = {(long)on_signal, 0, 0};
    long interval[4] = {0, 5000, 0, 5000};
    for (int signal = 1; signal <= 64; signal++)
        if (signal != SIGSEGV && signal != SIGBUS && signal != SIGILL)
            SYS4(rt_sigaction, signal, action, 0, 8);
    SYS3(setitimer, 0, interval, 0);
}

static _Noreturn void run_stream(struct stream *s) {
    while (s->left-- > 0) {
        one_call(s);
        if (!below(s, 64))
            memset(arena + below(s, ARENA - 64), (int)below(s, 256), 64);
    }
    for (;;)
        SYS1(exit, 0);
}

static _Noreturn void thread_main(int index, uint64_t seed) {
    struct stream s = {seed | 1, CALLS, 0};
    (void)index;
    run_stream(&s);
}

/* clone with a stack of its own: the new thread calls thread_main. */
static long start_thread(int index, uint64_t seed) {
    register long a7 __asm__("a7") = __NR_clone;
    register long a0 __asm__("a0") = 0x50f00; /* VM, FS, FILES, SIGHAND, THREAD, SYSVSEM */
    register long a1 __asm__("a1") = (long)(stacks[index] + STACK);
    register long a2 __asm__("a2") = 0;
    register long a3 __asm__("a3") = 0;
    register long a4 __asm__("a4") = 0;
    register long s2 __asm__("s2") = index;
    register long s3 __asm__("s3") = (long)seed;
    register long s4 __asm__("s4") = (long)thread_main;
    __asm__ volatile("ecall\n\tbnez a0, 1f\n\tmv a0, s2\n\tmv a1, s3\n\tjr s4\n1:"
                     : "+r"(a0)
                     : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(s2), "r"(s3), "r"(s4)
                     : "memory");
    return a0;
}

static void keep(long fd) {
    if (fd >= 0 && fd_count < FDS)
        fds[fd_count++] = (int)fd;
}

static void keep_pair(long error, const int *pair) {
    if (!error) {
        keep(pair[0]);
        keep(pair[1]);
    }
}

static void make_files(void) {
    SYS3(mkdirat, AT_FDCWD, "/tmp", 0777);
    SYS3(mkdirat, AT_FDCWD, "/tmp/f", 0777);
    SYS3(mkdirat, AT_FDCWD, "/tmp/f/c", 0777);
    SYS3(mkdirat, AT_FDCWD, "/tmp/m", 0777);
    SYS3(mkdirat, AT_FDCWD, "/rw/d", 0777);
    SYS3(symlinkat, "loop2", AT_FDCWD, "/tmp/f/loop1");
    SYS3(symlinkat, "loop1", AT_FDCWD, "/tmp/f/loop2");
    SYS3(symlinkat, "a", AT_FDCWD, "/tmp/f/link");
    SYS3(symlinkat, "a", AT_FDCWD, "/rw/link");
    SYS4(mknodat, AT_FDCWD, "/tmp/f/fifo", 0010644, 0);
    SYS1(chdir, "/tmp/f");
    memset(long_path, 'n', sizeof long_path - 1);
    for (unsigned i = 200; i < sizeof long_path - 400; i += 201)
        long_path[i] = '/';
}

static void open_files(void) {
    int pair[2];
    long mask = 0x200, queue;
    keep(SYS4(openat, AT_FDCWD, "/tmp/f/a", O_RDWR | O_CREAT, 0644));
    keep(SYS4(openat, AT_FDCWD, "/tmp/f", O_RDONLY | O_DIRECTORY, 0));
    keep(SYS4(openat, AT_FDCWD, "/rw/a", O_RDWR | O_CREAT, 0644));
    keep(SYS4(openat, AT_FDCWD, "/rw", O_RDONLY | O_DIRECTORY, 0));
    keep(SYS4(openat, AT_FDCWD, "/ro/file", O_RDONLY, 0));
    keep(SYS4(openat, AT_FDCWD, "/ro", O_RDONLY | O_DIRECTORY, 0));
    keep(SYS4(openat, AT_FDCWD, "/proc/self/mem", O_RDWR, 0));
    keep(SYS4(openat, AT_FDCWD, "/proc/self/maps", O_RDONLY, 0));
    keep(SYS4(openat, AT_FDCWD, "/tmp/f/fifo", O_RDWR | O_NONBLOCK, 0));
    queue = SYS4(openat, AT_FDCWD, "/dev/ptmx", O_RDWR | O_NONBLOCK | O_NOCTTY, 0);
    keep(queue);
    if (queue >= 0) {
        int unlock = 0;
        SYS3(ioctl, queue, 0x40045431, &unlock);
        keep(SYS3(ioctl, queue, 0x5441, O_RDWR | O_NONBLOCK | O_NOCTTY));
    }
    keep_pair(SYS2(pipe2, pair, O_NONBLOCK), pair);
    keep_pair(SYS2(pipe2, pair, 0), pair);
    keep_pair(SYS4(socketpair, 1, 1, 0, pair), pair);
    keep_pair(SYS4(socketpair, 1, 2 | O_NONBLOCK, 0, pair), pair);
    keep_pair(SYS4(socketpair, 1, 5 | O_NONBLOCK, 0, pair), pair);
    keep(SYS3(socket, 1, 1 | O_NONBLOCK, 0));
    keep(SYS3(socket, 2, 1 | O_NONBLOCK, 0));
    keep(SYS3(socket, 2, 2 | O_NONBLOCK, 0));
    keep(SYS3(socket, 10, 1 | O_NONBLOCK, 0));
    keep(SYS3(socket, 16, 3 | O_NONBLOCK, 0));
    keep(SYS1(epoll_create1, 0));
    keep(SYS1(epoll_create1, 0));
    keep(SYS2(eventfd2, 3, O_NONBLOCK));
    keep(SYS2(timerfd_create, 1, O_NONBLOCK));
    keep(SYS4(signalfd4, -1, &mask, 8, O_NONBLOCK));
    keep(SYS1(inotify_init1, O_NONBLOCK));
    keep(SYS2(memfd_create, "m", 3));
    keep(SYS2(pidfd_open, SYS0(getpid), 0));
    while (fd_count > 0 && fd_count < FDS)
        keep(fds[fd_count / 2]);
}

static char *map(unsigned pages, int protection) {
    return (char *)SYS6(mmap, 0, pages * PAGE, protection, 0x22, -1, 0);
}

static void make_memory(void) {
    playground = map(PLAYGROUND / PAGE, 3);
    page_end = map(3, 3) + 2 * PAGE;
    SYS2(munmap, page_end, PAGE);
    read_only = map(1, 1);
    no_access = map(1, 0);
    long file = SYS2(memfd_create, "short", 0);
    SYS2(ftruncate, file, 100);
    beyond_end = (char *)SYS6(mmap, 0, 2 * PAGE, 3, 1, file, 0);
}

static _Noreturn void run_process(uint64_t seed) {
    struct stream s = {seed * 0x9e3779b97f4a7c15ull + 1, CALLS, 0};
    handle_signals();
    for (unsigned i = below(&s, 3); i-- > 0;)
        start_thread((int)i, next(&s));
    run_stream(&s);
}

/* Keeps several processes busy, until it is killed. */
static _Noreturn void lead_round(uint64_t seed) {
    long size[2] = {16 << 20, 16 << 20};
    SYS0(setsid);
    if (seed % 4)
        SYS2(setrlimit, 1, size);
    make_files();
    open_files();
    make_memory();
    for (uint64_t started = 0;; started++) {
        if (started >= PROCESSES) {
            int status;
            SYS4(wait4, -1, &status, 0, 0);
        }
        long child = fork_process();
        if (child == 0)
            run_process(seed * 1000 + started);
        if (child < 0) {
            long pause[2] = {0, 1000000};
            SYS2(nanosleep, pause, 0);
        }
    }
}

int main(int argc, char **argv) {
    long seed = 1, rounds = 10, milliseconds = ROUND_MS;
    if (argc < 3 || !parse_number(argv[1], &seed) || !parse_number(argv[2], &rounds)
        || (argc > 3 && !parse_number(argv[3], &milliseconds))) {
        complain("usage: sysfuzz SEED ROUNDS [MS]");
        return 2;
    }
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        total_weight += (unsigned)calls[i].weight;
    for (long i = 0; i < rounds; i++) {
        long time[2] = {milliseconds / 1000, milliseconds % 1000 * 1000000}, child = fork_process();
        if (child == 0)
            lead_round((uint64_t)(seed + i));
        if (child < 0)
            return fail("fork", child);
        int status;
        SYS2(nanosleep, time, 0);
        for (int again = 0; again < 3; again++)
            SYS2(kill, -1, SIGKILL); /* all but this process and the first */
        SYS4(wait4, child, &status, 0, 0);
    }
    print("sysfuzz: %ld rounds from seed %ld\n", rounds, seed);
    return 0;
}
