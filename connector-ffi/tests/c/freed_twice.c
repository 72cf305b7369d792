/* A handle that was freed is known as such: freeing it again does nothing, using it is refused, also
 * when its place was given to another. */
#include "check.h"

int main(int argc, char **argv) {
    lienthong_error_t *error = NULL, *copy;
    lienthong_config_t *config = NULL, *again = NULL;
    lienthong_document_t *document;
    lienthong_packet_t *packet = NULL;
    char *value = NULL;

    folder_of(argc, argv);
    MUST(lienthong_config_new(&config, &error));
    lienthong_config_free(config);
    lienthong_config_free(config);
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_config_set(config, "axis.url", "x", &error));

    /* The place is used again; the old handle is not the new one. */
    MUST(lienthong_config_new(&again, &error));
    CHECK(again != config);
    lienthong_config_free(config);
    MUST(lienthong_config_set(again, "axis.url", "https://x", &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_config_get(config, "axis.url", &value, &error));

    /* A handle of another type is none. */
    document = document_of("1");
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_config_set((lienthong_config_t *)document, "axis.url", "x", &error));
    lienthong_config_free((lienthong_config_t *)document);
    MUST(lienthong_document_set(document, "Subject", "V/v", &error));

    /* Nor is a pointer to something else. */
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_document_set((lienthong_document_t *)&error, "Subject", "x", &error));
    lienthong_document_free((lienthong_document_t *)&error);

    CHECK(lienthong_config_set(config, "a", "b", &error) == LIENTHONG_ERROR_INVALID_ARGUMENT);
    CHECK(strcmp(lienthong_error_context(error, "handle"), "freed, or of another type") == 0);
    copy = error;
    lienthong_error_free(error);
    lienthong_error_free(copy);
    CHECK(lienthong_error_code(copy) == 0 && lienthong_error_message(copy, 1) == NULL);
    error = NULL;

    MUST(lienthong_packet_from_bytes(NULL, NULL, 0, &packet, &error));
    lienthong_packet_free(packet);
    lienthong_packet_free(packet);
    CHECK(lienthong_packet_readable(packet) == 0 && lienthong_packet_attachment_count(packet) == 0);

    lienthong_document_free(document);
    lienthong_document_free(document);
    lienthong_config_free(again);
    lienthong_string_free(NULL);
    lienthong_bytes_free(NULL, 0);
    lienthong_bytes_free(NULL, 7);
    return all_is_freed();
}
