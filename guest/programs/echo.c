/* echo [-n] TEXT...: the arguments, one space between them; -n leaves out the newline. */
#include "rt.h"

int main(int argc, char **argv) {
    int first = argc > 1 && !strcmp(argv[1], "-n") ? 2 : 1;
    for (int i = first; i < argc; i++)
        print(i > first ? " %s" : "%s", argv[i]);
    if (first == 1)
        print("\n");
    return 0;
}
