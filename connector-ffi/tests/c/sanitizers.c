/* Proof that the sanitizers are on: this program is wrong in the way it is told, and the runner
 * expects it to be stopped for that. */
#include "check.h"

int main(int argc, char **argv) {
    const char *wrong = getenv("WRONG");
    folder_of(argc, argv);
    if (wrong != NULL && strcmp(wrong, "address") == 0) {
        volatile char *bytes = malloc(8);
        size_t beyond = strlen(wrong) + 1;
        bytes[beyond] = 1;
        free((void *)bytes);
    }
    if (wrong != NULL && strcmp(wrong, "overflow") == 0) {
        volatile int most = 2147483647;
        most = most + argc;
    }
    if (wrong != NULL && strcmp(wrong, "leak") == 0) {
        volatile char *lost = malloc(64);
        lost[0] = 1;
        lost = NULL;
    }
    return all_is_freed();
}
