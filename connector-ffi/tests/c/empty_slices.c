/* (NULL, 0) is the empty slice, (NULL, n) is a mistake, and what is given has a pointer that is not
 * NULL, also where it is empty. */
#include "check.h"

static int64_t nothing(void *user_data, uint8_t *buffer, size_t capacity) {
    (void)user_data;
    (void)buffer;
    (void)capacity;
    return 0;
}

int main(int argc, char **argv) {
    static const uint8_t ONE = 'x';
    lienthong_error_t *error = NULL;
    lienthong_document_t *document = document_of("1");
    lienthong_packet_t *packet = NULL;
    char *findings = NULL;
    uint8_t *data = NULL;
    size_t length = 77;

    folder_of(argc, argv);
    /* Bytes. */
    MUST(lienthong_packet_from_bytes(NULL, NULL, 0, &packet, &error));
    CHECK(lienthong_packet_readable(packet) == 0);
    lienthong_packet_free(packet);
    packet = NULL;
    MUST(lienthong_packet_from_bytes(NULL, &ONE, 0, &packet, &error));
    lienthong_packet_free(packet);
    packet = NULL;
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_packet_from_bytes(NULL, NULL, 1, &packet, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_packet_from_bytes(NULL, &ONE, SIZE_MAX, &packet, &error));
    CHECK(packet == NULL);

    /* A file without bytes can be attached; that it must not be sent is for the check to say. */
    MUST(lienthong_document_attach_bytes(document, "leer.txt", NULL, 0, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_document_attach_bytes(document, "a.txt", NULL, 3, NULL, NULL, &error));
    MUST(lienthong_document_attach_callback(document, "b.pdf", nothing, NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_document_attach_callback(document, "c.pdf", NULL, NULL, NULL, NULL, &error));
    MUST(lienthong_document_check(document, &findings, &error));
    CHECK(strstr(findings, "attachment") != NULL);
    lienthong_string_free(findings);
    FAILS(LIENTHONG_ERROR_PACKET_IMPOSSIBLE,
          lienthong_document_to_bytes(document, &data, &length, &error));
    CHECK(data == NULL && length == 77);
    lienthong_document_free(document);

    /* An attachment without bytes, inside a ZIP, comes back as such. */
    document = document_of("2");
    MUST(lienthong_document_attach_bytes(document, "leer.txt", &ONE, 0, NULL, NULL, &error));
    MUST(lienthong_document_to_bytes(document, &data, &length, &error));
    MUST(lienthong_packet_from_bytes(NULL, data, length, &packet, &error));
    lienthong_bytes_free(data, length);
    data = NULL;
    CHECK(lienthong_packet_attachment_count(packet) == 2);
    MUST(lienthong_packet_attachment_to_bytes(packet, 2, &data, &length, &error));
    CHECK(data != NULL && length == 0);
    lienthong_bytes_free(data, length);
    lienthong_packet_free(packet);
    lienthong_document_free(document);
    return all_is_freed();
}
