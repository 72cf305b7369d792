/* The smallest program that uses the C library: it asks which library it has.
 *
 * Usage: version EXPECTED_VERSION. Ends with 0 if all is as the header says.
 */
#include <lienthong.h>

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    const char *version = lienthong_version();

    if (argc != 2) {
        fprintf(stderr, "usage: %s EXPECTED_VERSION\n", argv[0]);
        return 2;
    }
    if (version == NULL || strcmp(version, argv[1]) != 0) {
        fprintf(stderr, "lienthong_version() is %s, expected %s\n",
                version == NULL ? "NULL" : version, argv[1]);
        return 1;
    }
    if (version != lienthong_version()) {
        fprintf(stderr, "lienthong_version() is not one static text\n");
        return 1;
    }
    if (lienthong_abi_version() != LIENTHONG_ABI_VERSION) {
        fprintf(stderr, "the library has ABI %u, the header %u\n",
                (unsigned)lienthong_abi_version(), (unsigned)LIENTHONG_ABI_VERSION);
        return 1;
    }
    printf("lienthong %s, ABI %u\n", version, (unsigned)lienthong_abi_version());
    return 0;
}
