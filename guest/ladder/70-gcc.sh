export LC_ALL=C
cd "$(mktemp -d)"
cat > hello.c <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib.h"
static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
int main(int argc, char **argv) {
    int v[] = {5, 3, 9, 1};
    qsort(v, 4, sizeof *v, compare);
    printf("Hello from C: %d %d %d %d, %s, %d\n", v[0], v[1], v[2], v[3], argc > 1 ? argv[1] : "none", twice(21));
    return 0;
}
END
printf 'int twice(int);\n' > lib.h
printf '#include "lib.h"\nint twice(int x) { return 2 * x; }\n' > lib.c
cat > Makefile <<'END'
CFLAGS = -O2 -Wall
all: hello hello-static shared
hello: hello.o lib.o
	$(CC) $(CFLAGS) -o $@ $^
hello-static: hello.o lib.o
	$(CC) -static -o $@ $^
liblib.so: lib.c
	$(CC) $(CFLAGS) -shared -fPIC -o $@ $<
shared: hello.c liblib.so
	$(CC) $(CFLAGS) -o $@ $< -L. -llib -Wl,-rpath,'$$ORIGIN'
%.o: %.c lib.h
	$(CC) $(CFLAGS) -c -o $@ $<
END
make -s -j2 && ./hello one && ./hello-static && ./shared two
make -s && echo 'nothing to do'
touch lib.h; make -n hello | grep -c -- '-c'
ar rcs libl.a lib.o && gcc hello.c libl.a -o ar && ./ar three
gcc -O2 -S -o - lib.c | grep -c '^twice:'
echo 'int main(void) { return undefined_function(); }' > bad.c; gcc -w bad.c -o bad 2>/dev/null; echo "link failed: $?"
echo 'int main(void) { syntax error }' > worse.c; gcc worse.c 2>/dev/null; echo "compile failed: $?"
gcc -E -P -x c - <<< '#define A(x) x+x
A(1)'
printf '#include <math.h>\n#include <stdio.h>\nint main(void) { printf("%%.6f %%.6f\\n", sin(1), pow(2, 0.5)); return 0; }\n' > m.c
gcc -O0 -fno-builtin m.c -o m -lm && ./m
printf 'int main(void) { int *volatile p = 0; return *p; }' > crash.c; gcc -O0 -g crash.c -o crash; (./crash) 2>/dev/null; echo "crash $?"
strip hello && ./hello stripped && nm liblib.so | grep -c ' T twice'
