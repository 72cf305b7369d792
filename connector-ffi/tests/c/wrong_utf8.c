/* Texts are UTF-8, strictly: what is not is refused by name, and nothing is changed. */
#include "check.h"

int main(int argc, char **argv) {
    static const char *const WRONG[] = {
        "\xff", "a\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe1\xba", "V\xf4 ích",
    };
    lienthong_error_t *error = NULL;
    lienthong_config_t *config = NULL;
    lienthong_document_t *document = document_of("1"), *made = NULL;
    lienthong_packet_t *packet = NULL;
    char *value = NULL;
    size_t i;

    folder_of(argc, argv);
    MUST(lienthong_config_new(&config, &error));
    for (i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        const char *wrong = WRONG[i];
        CHECK(lienthong_config_set(config, "axis.user_agent", wrong, &error) ==
              LIENTHONG_ERROR_INVALID_ARGUMENT);
        CHECK(strcmp(lienthong_error_context(error, "argument"), "value") == 0);
        CHECK(strcmp(lienthong_error_context(error, "reason"), "not UTF-8") == 0);
        lienthong_error_free(error);
        error = NULL;
        FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_config_set(config, wrong, "x", &error));
        FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_config_load_file(config, wrong, &error));
        FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
              lienthong_document_set(document, "Subject", wrong, &error));
        FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
              lienthong_document_attach_path(document, wrong, NULL, NULL, NULL, &error));
        FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
              lienthong_document_attach_bytes(document, wrong, NULL, 0, NULL, NULL, &error));
        FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
              lienthong_document_from_json(NULL, wrong, &made, &error));
        FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
              lienthong_packet_from_path(NULL, wrong, &packet, &error));
        FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_json_get(wrong, "", &value, &error));
        FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_json_get("{}", wrong, &value, &error));
    }
    CHECK(made == NULL && packet == NULL && value == NULL);
    MUST(lienthong_document_get(document, "Subject", &value, &error));
    CHECK(strcmp(value, "V/v thí dụ") == 0);
    lienthong_string_free(value);
    lienthong_document_free(document);
    lienthong_config_free(config);
    return all_is_freed();
}
