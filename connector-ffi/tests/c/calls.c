/* The thirteen calls of the axis, one by one, without a store. */
#include "check.h"

int main(int argc, char **argv) {
    static const char *const TO[] = {"H99.02"};
    lienthong_error_t *error = NULL;
    const char *folder = folder_of(argc, argv);
    lienthong_config_t *config = config_of(folder, argv[2], "a");
    lienthong_client_t *sender = NULL, *receiver = NULL;
    lienthong_document_t *document = document_of("1");
    char *json = NULL, *sent_id, *id;
    uint64_t count = 0, length = 0, other = 0;

    MUST(lienthong_client_open(config, &sender, &error));
    lienthong_config_free(config);
    config = config_of(folder, argv[2], "b");
    MUST(lienthong_client_open(config, &receiver, &error));
    lienthong_config_free(config);
    MUST(lienthong_document_to_path(document, path(folder, "one.edxml"), &length, &error));
    lienthong_document_free(document);

    MUST(lienthong_client_send_path(sender, path(folder, "one.edxml"), FIRST, TO, 1,
                                    LIENTHONG_MESSAGE_EDOC, &json, &error));
    CHECK(is(json, "/0/outcome", "accepted") && is(json, "/0/to/0", SECOND));
    sent_id = member(json, "/0/doc_id");
    CHECK(sent_id != NULL);
    lienthong_string_free(json);

    MUST(lienthong_client_count(receiver, LIENTHONG_MESSAGE_EDOC, &count, &error));
    CHECK(count == 1);
    MUST(lienthong_client_count(receiver, LIENTHONG_MESSAGE_STATUS, &count, &error));
    CHECK(count == 0);
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_client_count(receiver, 0, &count, &error));
    json = NULL;
    MUST(lienthong_client_list_received(receiver, LIENTHONG_MESSAGE_EDOC, &json, &error));
    CHECK(is(json, "/0/from", FIRST) && is(json, "/0/status", "initial"));
    id = member(json, "/0/doc_id");
    lienthong_string_free(json);
    MUST(lienthong_client_get_to_path(receiver, id, path(folder, "got.edxml"), &other, &error));
    CHECK(other > 0);
    FAILS(LIENTHONG_ERROR_IO,
          lienthong_client_get_to_path(receiver, id, path(folder, "got.edxml"), NULL, &error));
    MUST(lienthong_client_download_to_path(receiver, id, path(folder, "loaded.edxml"), &length,
                                           &error));
    CHECK(length == other);
    MUST(lienthong_client_acknowledge(receiver, id, LIENTHONG_ACKNOWLEDGE_PROCESSING, &error));
    MUST(lienthong_client_acknowledge(receiver, id, LIENTHONG_ACKNOWLEDGE_DONE, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_client_acknowledge(receiver, id, 9, &error));
    json = NULL;
    MUST(lienthong_client_list_received(receiver, LIENTHONG_MESSAGE_EDOC, &json, &error));
    CHECK(strcmp(json, "[]") == 0);
    lienthong_string_free(json);
    json = NULL;
    MUST(lienthong_client_list_sent(sender, LIENTHONG_MESSAGE_EDOC, sent_id, &json, &error));
    CHECK(is(json, "/0/to_code", SECOND));
    lienthong_string_free(json);
    json = NULL;
    MUST(lienthong_client_list_sent(sender, LIENTHONG_MESSAGE_EDOC, NULL, &json, &error));
    lienthong_string_free(json);

    /* The directory. */
    json = NULL;
    MUST(lienthong_client_register_agency(
        sender, "{\"code\":\"H99.03\",\"parent_code\":\"H99.01\",\"name\":\"Cơ quan thí dụ\"}",
        &error));
    MUST(lienthong_client_agencies(sender, &json, &error));
    CHECK(strstr(json, "H99.03") != NULL);
    lienthong_string_free(json);
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_client_register_agency(sender, "{\"kode\":\"H99.03\"}", &error));
    json = NULL;
    MUST(lienthong_client_agencies_qd20(sender, 1, &json, &error));
    lienthong_string_free(json);
    json = NULL;
    MUST(lienthong_client_synchronize_units(sender, &json, &error));
    CHECK(strstr(json, "H99.03") != NULL);
    lienthong_string_free(json);
    MUST(lienthong_client_delete_agency(sender, "H99.03", &error));

    lienthong_string_free(id);
    lienthong_string_free(sent_id);
    lienthong_client_free(sender);
    lienthong_client_free(receiver);
    return all_is_freed();
}
