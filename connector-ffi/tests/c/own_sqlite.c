/* A host has a SQLite of its own, of another version: neither the linker nor the library takes one for
 * the other, linked shared or static. */
#include "check.h"

int sqlite3_open_v2(const char *name, void **database, int flags, const char *vfs);
int sqlite3_prepare_v3(void *database, const char *text, int length, unsigned flags, void **statement,
                       const char **tail);
const char *sqlite3_libversion(void);

int sqlite3_open_v2(const char *name, void **database, int flags, const char *vfs) {
    (void)name;
    (void)database;
    (void)flags;
    (void)vfs;
    abort();
}

int sqlite3_prepare_v3(void *database, const char *text, int length, unsigned flags, void **statement,
                       const char **tail) {
    (void)database;
    (void)text;
    (void)length;
    (void)flags;
    (void)statement;
    (void)tail;
    abort();
}

const char *sqlite3_libversion(void) {
    return "the host's own";
}

int main(int argc, char **argv) {
    lienthong_error_t *error = NULL;
    lienthong_connector_t *connector = opened(config_of(folder_of(argc, argv), argv[2], "a"));
    char *id = sent(connector, document_of("1")), *json = NULL;

    MUST(lienthong_connector_stats(connector, &json, &error));
    lienthong_string_free(json);
    lienthong_string_free(id);
    lienthong_connector_free(connector);
    CHECK(strcmp(sqlite3_libversion(), "the host's own") == 0);
    return all_is_freed();
}
