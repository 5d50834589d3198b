/* guest-tests FAMILY/NAME [ARG...]: all tests in one binary, so that the C library is linked once. No argument lists them. */
#include <stdio.h>
#include <string.h>

#define TEST(family, name) int test_##family##_##name(int argc, char **argv);
#include "tests.inc"
#undef TEST

struct test {
    const char *name;
    int (*run)(int argc, char **argv);
};

static const struct test tests[] = {
#define TEST(family, name) {#family "/" #name, test_##family##_##name},
#include "tests.inc"
};

int main(int argc, char **argv) {
    int count = sizeof tests / sizeof *tests;
    for (int i = 0; i < count; i++) {
        if (argc < 2)
            puts(tests[i].name);
        else if (!strcmp(argv[1], tests[i].name))
            return tests[i].run(argc - 1, argv + 1);
    }
    if (argc < 2)
        return 0;
    fprintf(stderr, "guest-tests: no test %s\n", argv[1]);
    return 2;
}
