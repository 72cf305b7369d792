/* The header is included twice here, and once more in two_includes_other.c, which is linked in. */
#include <lienthong.h>
#include <lienthong.h>

#include "check.h"

int32_t code_of_the_other(void);

int main(int argc, char **argv) {
    lienthong_error_t *error = NULL;
    lienthong_config_t *config = NULL;
    folder_of(argc, argv);
    MUST(lienthong_config_new(&config, &error));
    lienthong_config_free(config);
    CHECK(code_of_the_other() == LIENTHONG_ERROR_INVALID_ARGUMENT);
    return all_is_freed();
}
