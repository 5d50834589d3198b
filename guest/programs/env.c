/* env [-i] [NAME=VALUE...] [PROGRAM ARG...]: runs a program in a changed environment, or shows the environment. */
#include "rt.h"

int main(int argc, char **argv) {
    int i = 1, n = 0;
    while (environ[n])
        n++;
    char **changed = allocate((size_t)(n + argc + 1) * sizeof *changed);
    if (argc > 1 && !strcmp(argv[1], "-i"))
        i++, n = 0;
    memcpy(changed, environ, (size_t)n * sizeof *changed);
    for (; i < argc && strchr(argv[i], '='); i++) {
        size_t name = (size_t)(strchr(argv[i], '=') - argv[i]) + 1;
        int at = 0;
        while (at < n && strncmp(changed[at], argv[i], name))
            at++;
        changed[at] = argv[i];
        n += at == n;
    }
    changed[n] = NULL;
    if (i < argc) {
        long error = execute(argv + i, changed);
        return fail(argv[i], error) + (error == -ENOENT ? 126 : 125);
    }
    for (n = 0; changed[n]; n++)
        print("%s\n", changed[n]);
    return 0;
}
