/* args ...: what the kernel handed over: argc, each argument, each environment entry, the auxiliary vector. */
#include <linux/auxvec.h>

#include "rt.h"

int main(int argc, char **argv) {
    print("argc %d\n", argc);
    for (int i = 0; i < argc; i++)
        print("argv %d %s\n", i, argv[i]);
    char **e = environ;
    for (; *e; e++)
        print("env %s\n", *e);
    for (unsigned long *aux = (unsigned long *)(e + 1); aux[0] != AT_NULL; aux += 2) {
        if (aux[0] == AT_EXECFN || aux[0] == AT_PLATFORM)
            print("aux %lu %s\n", aux[0], (const char *)aux[1]);
        else
            print("aux %lu 0x%lx\n", aux[0], aux[1]);
    }
    return 0;
}
