/* A packet that came and cannot be read: it is kept, told, read again when the limit is another one, or
 * given up. */
#include "check.h"

#include <sys/stat.h>

static const char *folder;
static const char *url;

static lienthong_connector_t *receiver_with(const char *elements, const char *role) {
    lienthong_config_t *config = config_of(folder, url, "b");
    set(config, "packet.max_elements", elements);
    set(config, "connector.role", role);
    return opened(config);
}

/* More elements than the receiver takes. */
static void sent_long(lienthong_connector_t *sender, const char *number) {
    lienthong_error_t *error = NULL;
    lienthong_document_t *document = document_of(number);
    char element[32], line[32];
    int i;
    for (i = 1; i <= 200; i++) {
        snprintf(element, sizeof element, "ToPlaces/Place[%d]", i);
        snprintf(line, sizeof line, "Nơi nhận %d", i);
        MUST(lienthong_document_set(document, element, line, &error));
    }
    lienthong_string_free(sent(sender, document));
}

/* Waits until so many packets are in quarantine; gives the list, to be freed. */
static char *quarantined(lienthong_connector_t *receiver, int count) {
    lienthong_error_t *error = NULL;
    lienthong_incoming_t *incoming = NULL;
    int i, there;
    for (i = 0; i < 600; i++) {
        char *json = NULL, *row, place[16];
        MUST(lienthong_connector_quarantine(receiver, 10, &json, &error));
        for (there = 0;; there++) {
            snprintf(place, sizeof place, "/%d", there);
            row = member(json, place);
            lienthong_string_free(row);
            if (row == NULL) {
                break;
            }
        }
        if (there == count) {
            return json;
        }
        lienthong_string_free(json);
        /* Nothing of it is shown. */
        MUST(lienthong_connector_poll(receiver, 100, &incoming, &error));
        CHECK(incoming == NULL);
    }
    fprintf(stderr, "there never were %d in quarantine\n", count);
    exit(1);
}

int main(int argc, char **argv) {
    lienthong_error_t *error = NULL;
    lienthong_connector_t *sender, *receiver, *beside;
    lienthong_incoming_t *incoming;
    lienthong_packet_t *packet = NULL;
    uint64_t length = 0;
    char *json, *first, *second, *value = NULL;
    struct stat file;

    folder = folder_of(argc, argv);
    url = argv[2];
    sender = opened(config_of(folder, url, "a"));
    receiver = receiver_with("100", "worker");
    sent_long(sender, "1");
    json = quarantined(receiver, 1);
    first = member(json, "/0/id");
    CHECK(first != NULL && strncmp(first, "arrival-", 8) == 0);
    value = member(json, "/0/reason");
    CHECK(value != NULL);
    lienthong_string_free(value);
    lienthong_string_free(json);

    /* Its bytes are there, whole. */
    MUST(lienthong_connector_packet(receiver, first, &packet, &error));
    CHECK(lienthong_packet_readable(packet) == 0);
    MUST(lienthong_packet_to_path(packet, path(folder, "kept.edxml"), &length, &error));
    CHECK(stat(path(folder, "kept.edxml"), &file) == 0 && (uint64_t)file.st_size == length);
    lienthong_packet_free(packet);
    packet = NULL;
    MUST(lienthong_packet_from_path(NULL, path(folder, "kept.edxml"), &packet, &error));
    CHECK(lienthong_packet_readable(packet) == 1);
    value = NULL;
    MUST(lienthong_packet_element(packet, "DocumentId", &value, &error));
    CHECK(strcmp(value, "H99.01-2026-1") == 0);
    lienthong_string_free(value);
    lienthong_packet_free(packet);

    /* A second one is given up. */
    sent_long(sender, "2");
    json = quarantined(receiver, 2);
    second = member(json, "/1/id");
    lienthong_string_free(json);
    MUST(lienthong_connector_drop_quarantined(receiver, second, &error));
    FAILS(LIENTHONG_ERROR_NOT_FOUND, lienthong_connector_drop_quarantined(receiver, second, &error));
    FAILS(LIENTHONG_ERROR_NOT_FOUND, lienthong_connector_read_again(receiver, second, &error));
    packet = NULL;
    FAILS(LIENTHONG_ERROR_NOT_FOUND, lienthong_connector_packet(receiver, second, &packet, &error));
    CHECK(packet == NULL);
    lienthong_string_free(quarantined(receiver, 1));
    lienthong_connector_free(receiver);

    /* With another limit it is read, asked for by another process's connector. */
    receiver = receiver_with("50000", "worker");
    beside = receiver_with("50000", "client");
    MUST(lienthong_connector_read_again(beside, first, &error));
    lienthong_connector_free(beside);
    incoming = shown(receiver);
    MUST(lienthong_incoming_json(incoming, &value, &error));
    CHECK(is(value, "/document/DocumentId", "H99.01-2026-1"));
    lienthong_string_free(value);
    accepted(receiver, incoming);
    lienthong_incoming_free(incoming);
    lienthong_string_free(quarantined(receiver, 0));
    FAILS(LIENTHONG_ERROR_NOT_FOUND, lienthong_connector_read_again(receiver, first, &error));

    lienthong_string_free(second);
    lienthong_string_free(first);
    lienthong_connector_free(receiver);
    lienthong_connector_free(sender);
    return all_is_freed();
}
