/* A program that was compiled with the header of another binary interface finds out at its start: the
 * runner compiles this with OTHER_INTERFACE, and expects it to stop with 3. */
#include "check.h"

#ifdef OTHER_INTERFACE
#undef LIENTHONG_ABI_VERSION
#define LIENTHONG_ABI_VERSION (1 + 1)
#endif

int main(int argc, char **argv) {
    folder_of(argc, argv);
    if (lienthong_abi_version() != LIENTHONG_ABI_VERSION) {
        fprintf(stderr, "the library has interface %u, this program was built for %u\n",
                (unsigned)lienthong_abi_version(), (unsigned)LIENTHONG_ABI_VERSION);
        return 3;
    }
    CHECK(strchr(lienthong_version(), '.') != NULL);
    return all_is_freed();
}
