/* Packets without a connector: built by name and from JSON, checked, written, read, taken apart. */
#include "check.h"

#include <sys/stat.h>

static int has(char *json, const char *text) {
    int there = json != NULL && strstr(json, text) != NULL;
    lienthong_string_free(json);
    return there;
}

static void by_name(void) {
    lienthong_error_t *error = NULL;
    lienthong_document_t *document = document_of("1"), *from_json = NULL;
    char *json = NULL, *value = NULL;

    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_document_set(document, "Subjekt", "x", &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_document_set(document, "DueDate", "2026-02-30", &error));
    MUST(lienthong_document_set(document, "DueDate", "2026-04-01", &error));
    MUST(lienthong_document_get(document, "DueDate", &value, &error));
    CHECK(strcmp(value, "2026/04/01") == 0);
    lienthong_string_free(value);
    MUST(lienthong_document_set(document, "DueDate", NULL, &error));
    MUST(lienthong_document_get(document, "DueDate", &value, &error));
    CHECK(value == NULL);

    MUST(lienthong_document_act_on(document, LIENTHONG_ACTION_REPLACE, "H99.01-2026-0", "Sai số",
                                   &error));
    MUST(lienthong_document_json(document, &json, &error));
    CHECK(is(json, "/TraceHeaderList/Bussiness/BussinessDocType", "3"));
    CHECK(is(json,
             "/TraceHeaderList/Bussiness/ReplacementInfoList/0/ReplacementInfo/0/OrganIdList/"
             "OrganId/0",
             SECOND));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_document_act_on(document, 4, "x", NULL, &error));

    /* What was given as JSON is what is built; a mistake is named by its place, not its value. */
    MUST(lienthong_document_from_json(NULL, json, &from_json, &error));
    lienthong_string_free(json);
    MUST(lienthong_document_get(from_json, "Subject", &value, &error));
    CHECK(strcmp(value, "V/v thí dụ") == 0);
    lienthong_string_free(value);
    lienthong_document_free(from_json);
    CHECK(lienthong_document_from_json(NULL, "{\"OtherInfo\":{\"Priority\":\"canary\"}}", &from_json,
                                       &error) == LIENTHONG_ERROR_INVALID_ARGUMENT);
    CHECK(strstr(lienthong_error_json(error), "canary") == NULL);
    CHECK(strcmp(lienthong_error_context(error, "line"), "1") == 0);
    lienthong_error_free(error);
    error = NULL;
    CHECK(lienthong_document_from_json(NULL, "{\"Subjekt\":\"x\"}", &from_json, &error) ==
          LIENTHONG_ERROR_INVALID_ARGUMENT);
    CHECK(strstr(lienthong_error_message(error, LIENTHONG_ENGLISH), "Subjekt") != NULL);
    lienthong_error_free(error);
    error = NULL;
    lienthong_document_free(document);

    /* A document that must not be sent says all that is wrong at once. */
    document = NULL;
    MUST(lienthong_document_new(NULL, &document, &error));
    json = NULL;
    MUST(lienthong_document_check(document, &json, &error));
    CHECK(has(json, "\"severity\":\"error\""));
    lienthong_document_free(document);
}

/* A document is kept through refusals and writing, and can be mended; files may go missing. */
static void kept(const char *folder) {
    lienthong_error_t *error = NULL;
    lienthong_document_t *document = document_of("1");
    uint8_t *data = NULL;
    size_t length = 0, again = 0;
    char *value = NULL;
    FILE *file = fopen(path(folder, "gone.pdf"), "wb");

    MUST(lienthong_document_set(document, "Subject", NULL, &error));
    FAILS(LIENTHONG_ERROR_PACKET_IMPOSSIBLE,
          lienthong_document_to_bytes(document, &data, &length, &error));
    MUST(lienthong_document_get(document, "DocumentId", &value, &error));
    CHECK(value != NULL && strcmp(value, "H99.01-2026-1") == 0);
    lienthong_string_free(value);
    MUST(lienthong_document_set(document, "Subject", "V/v thí dụ", &error));
    MUST(lienthong_document_to_bytes(document, &data, &length, &error));
    lienthong_bytes_free(data, length);
    /* What a reader would assume is there from then on. */
    MUST(lienthong_document_get(document, "SteeringType", &value, &error));
    CHECK(value != NULL && strcmp(value, "0") == 0);
    lienthong_string_free(value);
    MUST(lienthong_document_to_bytes(document, &data, &again, &error));
    CHECK(again == length);
    lienthong_bytes_free(data, again);

    CHECK(file != NULL && fputs("%PDF", file) >= 0 && fclose(file) == 0);
    MUST(lienthong_document_attach_path(document, path(folder, "gone.pdf"), NULL, NULL, NULL,
                                        &error));
    CHECK(remove(path(folder, "gone.pdf")) == 0);
    FAILS(LIENTHONG_ERROR_IO, lienthong_document_to_bytes(document, &data, &length, &error));
    MUST(lienthong_document_get(document, "Subject", &value, &error));
    CHECK(value != NULL);
    lienthong_string_free(value);
    lienthong_document_free(document);
}

static void written_and_read(const char *folder) {
    lienthong_error_t *error = NULL;
    lienthong_document_t *document = document_of("1");
    lienthong_packet_t *packet = NULL, *other = NULL;
    char *json = NULL, *value = NULL, *second = NULL;
    uint64_t length = 0, other_length = 0;
    uint8_t *data = NULL;
    size_t size = 0, count = 0;
    int32_t worst = -1;
    FILE *file = fopen(path(folder, "Phụ lục.txt"), "wb");

    CHECK(file != NULL && fputs("Phụ lục\n", file) >= 0 && fclose(file) == 0);
    MUST(lienthong_document_attach_path(document, path(folder, "Phụ lục.txt"), NULL, "mô tả", "c-1",
                                        &error));
    FAILS(LIENTHONG_ERROR_IO, lienthong_document_attach_path(document, path(folder, "none"), NULL,
                                                             NULL, NULL, &error));
    MUST(lienthong_document_to_path(document, path(folder, "a.edxml"), &length, &error));
    FAILS(LIENTHONG_ERROR_IO,
          lienthong_document_to_path(document, path(folder, "a.edxml"), NULL, &error));
    MUST(lienthong_document_to_bytes(document, &data, &size, &error));
    CHECK(size == length);

    MUST(lienthong_packet_from_path(NULL, path(folder, "a.edxml"), &packet, &error));
    MUST(lienthong_packet_from_bytes(NULL, data, size, &other, &error));
    lienthong_bytes_free(data, size);
    CHECK(lienthong_packet_kind(packet) == LIENTHONG_KIND_DOCUMENT);
    CHECK(lienthong_packet_readable(packet) == 1);
    CHECK(lienthong_packet_attachment_count(packet) == 2);
    MUST(lienthong_packet_element(packet, "To/OrganId", &value, &error));
    CHECK(strcmp(value, SECOND) == 0);
    lienthong_string_free(value);
    MUST(lienthong_packet_element(packet, "DueDate", &value, &error));
    CHECK(value == NULL);
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_packet_element(packet, "Nowhere", &value, &error));
    MUST(lienthong_packet_element_count(packet, "To", &count, &error));
    CHECK(count == 1);
    MUST(lienthong_packet_json(packet, &json, &error));
    CHECK(is(json, "/kind", "document") && is(json, "/readable", "true"));
    CHECK(is(json, "/document/AttachmentEncoded/Attachment/1/AttachmentName", "Phụ lục.txt"));
    CHECK(is(json, "/document/AttachmentEncoded/Attachment/1/Wrapped", "true"));
    lienthong_string_free(json);
    MUST(lienthong_packet_attachment(packet, 2, &json, &error));
    CHECK(is(json, "/Size", "12") && is(json, "/Description", "mô tả") && is(json, "/ContentId", "c-1"));
    lienthong_string_free(json);
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_packet_attachment(packet, 0, &json, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_packet_attachment(packet, 3, &json, &error));

    MUST(lienthong_packet_meaning_digest(packet, &value, &error));
    MUST(lienthong_packet_meaning_digest(other, &second, &error));
    CHECK(strlen(value) == 64 && strcmp(value, second) == 0);
    lienthong_string_free(value);
    lienthong_string_free(second);
    json = NULL;
    MUST(lienthong_packet_compare(packet, other, &json, &error));
    CHECK(strcmp(json, "[]") == 0);
    lienthong_string_free(json);
    json = NULL;
    MUST(lienthong_packet_check(packet, 1, "provincial", &json, &error));
    CHECK(!has(json, "\"severity\":\"error\""));
    MUST(lienthong_packet_worst(packet, 1, NULL, &worst, &error));
    CHECK(worst == LIENTHONG_SEVERITY_NOTE || worst == LIENTHONG_SEVERITY_WARNING);
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_packet_check(packet, 2, NULL, &json, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_packet_check(packet, 0, "lunar", &json, &error));

    MUST(lienthong_packet_to_path(packet, path(folder, "b.edxml"), &other_length, &error));
    CHECK(other_length == length);
    MUST(lienthong_packet_attachment_to_path(packet, 2, path(folder, "out.txt"), &length, &error));
    CHECK(length == 12);
    FAILS(LIENTHONG_ERROR_IO, lienthong_packet_attachment_to_path(
                                  packet, 2, path(folder, "out.txt"), &length, &error));
    data = NULL;
    MUST(lienthong_packet_attachment_to_bytes(packet, 2, &data, &size, &error));
    CHECK(size == 12 && memcmp(data, "Phụ lục\n", 12) == 0);
    lienthong_bytes_free(data, size);
    json = NULL;
    MUST(lienthong_packet_extract(packet, path(folder, "out"), 1, &json, &error));
    CHECK(is(json, "/1/number", "2"));
    value = member(json, "/1/raw_path");
    CHECK(value != NULL && strstr(value, ".raw.zip") != NULL);
    lienthong_string_free(value);
    lienthong_string_free(json);
    FAILS(LIENTHONG_ERROR_IO, lienthong_packet_from_path(NULL, folder, &packet, &error));
    lienthong_packet_free(packet);
    lienthong_packet_free(other);
    lienthong_document_free(document);
}

static void odd_ones(void) {
    static const char STATUS[] =
        "{\"From\":{\"OrganId\":\"H99.02\"},\"ResponseFor\":{\"OrganId\":\"H99.01\",\"DocumentId\":"
        "\"H99.01-2026-1\",\"Code\":\"1/TD-VP\",\"PromulgationDate\":\"2026-03-04\"},\"StatusCode\":"
        "\"03\",\"Timestamp\":\"2026-03-05T08:00:00\"}";
    static const char RUBBISH[] = "not a packet";
    lienthong_error_t *error = NULL;
    lienthong_packet_t *packet = NULL;
    char *json = NULL, *value = NULL;
    uint8_t *data = NULL;
    size_t size = 0;

    MUST(lienthong_status_to_bytes(NULL, STATUS, &data, &size, &error));
    MUST(lienthong_packet_from_bytes(NULL, data, size, &packet, &error));
    lienthong_bytes_free(data, size);
    CHECK(lienthong_packet_kind(packet) == LIENTHONG_KIND_STATUS);
    MUST(lienthong_packet_element(packet, "ResponseFor/DocumentId", &value, &error));
    CHECK(strcmp(value, "H99.01-2026-1") == 0);
    lienthong_string_free(value);
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_packet_compare(packet, packet, &json, &error));
    lienthong_packet_free(packet);
    packet = NULL;
    FAILS(LIENTHONG_ERROR_PACKET_IMPOSSIBLE,
          lienthong_status_to_bytes(NULL, "{}", &data, &size, &error));

    MUST(lienthong_packet_from_bytes(NULL, (const uint8_t *)RUBBISH, sizeof RUBBISH - 1, &packet,
                                     &error));
    CHECK(lienthong_packet_readable(packet) == 0);
    CHECK(lienthong_packet_kind(packet) == LIENTHONG_KIND_UNKNOWN);
    MUST(lienthong_packet_json(packet, &json, &error));
    CHECK(is(json, "/readable", "false") && is(json, "/findings/0/severity", "error"));
    lienthong_string_free(json);
    MUST(lienthong_packet_meaning_digest(packet, &value, &error));
    CHECK(value == NULL);
    lienthong_packet_free(packet);

    json = NULL;
    MUST(lienthong_finding_codes(&json, &error));
    CHECK(has(json, "\"signature-absent\""));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_json_get("{", "/a", &value, &error));
}

/* A file whose data is no base64 is told and left out, and spoils nothing else. */
static void no_base64(const char *folder) {
    lienthong_error_t *error = NULL;
    lienthong_document_t *document = document_of("1");
    lienthong_packet_t *packet = NULL;
    char *json = NULL, *value = NULL;
    uint8_t *data = NULL, *bytes = NULL, *found;
    size_t size = 0, length = 0;

    MUST(lienthong_document_attach_path(document, path(folder, "Phụ lục.txt"), NULL, NULL, NULL,
                                        &error));
    MUST(lienthong_document_to_bytes(document, &data, &size, &error));
    lienthong_document_free(document);
    for (found = data; memcmp(found, "JVBER", 5) != 0; found++) {
    }
    found[2] = '!';
    MUST(lienthong_packet_from_bytes(NULL, data, size, &packet, &error));
    lienthong_bytes_free(data, size);
    CHECK(lienthong_packet_readable(packet) == 1 && lienthong_packet_attachment_count(packet) == 2);
    MUST(lienthong_packet_meaning_digest(packet, &value, &error));
    CHECK(value != NULL && strlen(value) == 64);
    lienthong_string_free(value);
    MUST(lienthong_packet_attachment(packet, 1, &json, &error));
    value = member(json, "/Size");
    CHECK(value == NULL);
    lienthong_string_free(json);
    CHECK(lienthong_packet_attachment_to_bytes(packet, 1, &bytes, &length, &error) ==
          LIENTHONG_ERROR_ATTACHMENT_UNREADABLE);
    CHECK(strcmp(lienthong_error_context(error, "attachment"), "1") == 0);
    CHECK(strcmp(lienthong_error_context(error, "finding"), "attachment-base64-invalid") == 0);
    lienthong_error_free(error);
    error = NULL;
    json = NULL;
    MUST(lienthong_packet_extract(packet, path(folder, "một tệp"), 0, &json, &error));
    CHECK(is(json, "/0/number", "2"));
    value = member(json, "/1");
    CHECK(value == NULL);
    lienthong_string_free(json);
    lienthong_packet_free(packet);
}

int main(int argc, char **argv) {
    const char *folder = folder_of(argc, argv);
    by_name();
    kept(folder);
    written_and_read(folder);
    no_base64(folder);
    odd_ones();
    return all_is_freed();
}
