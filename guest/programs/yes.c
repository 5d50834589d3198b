/* yes [TEXT]: the text, again and again, until nobody reads. */
#include "rt.h"

int main(int argc, char **argv) {
    static char bytes[65536];
    const char *text = argc > 1 ? argv[1] : "y";
    size_t length = strlen(text), n = 0;
    if (length + 1 > sizeof bytes)
        return fail("text", -E2BIG);
    while (n + length + 1 <= sizeof bytes) {
        memcpy(bytes + n, text, length);
        n += length;
        bytes[n++] = '\n';
    }
    for (;;) {
        long error = write_all(STDOUT, bytes, n);
        if (error)
            return error == -EPIPE ? 1 : fail("write error", error);
    }
}
