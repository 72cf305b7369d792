/* The second part of two_includes.c. */
#include <lienthong.h>

#include <stddef.h>

int32_t code_of_the_other(void);

int32_t code_of_the_other(void) {
    return lienthong_config_new(NULL, NULL);
}
