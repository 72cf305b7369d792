/* A closed handle answers `closed`, a waiting call in another thread ends, what came from the
 * connector stays good, and closing again is fine. */
#include "check.h"

#include <pthread.h>

static lienthong_connector_t *receiver;
static int32_t poll_gave = -1;

static void *waits(void *unused) {
    lienthong_incoming_t *incoming = NULL;
    (void)unused;
    poll_gave = lienthong_connector_poll(receiver, 3600000, &incoming, NULL);
    return NULL;
}

int main(int argc, char **argv) {
    lienthong_error_t *error = NULL;
    const char *folder = folder_of(argc, argv);
    lienthong_config_t *config = config_of(folder, argv[2], "a");
    lienthong_client_t *client = NULL;
    lienthong_connector_t *sender;
    lienthong_incoming_t *incoming, *none = NULL;
    lienthong_packet_t *packet = NULL;
    lienthong_document_t *document;
    pthread_t thread;
    char *json = NULL, *id;
    uint8_t *data = NULL;
    size_t length = 0;
    int32_t in_time = 0;
    uint64_t count = 0;

    MUST(lienthong_client_open(config, &client, &error));
    MUST(lienthong_client_count(client, LIENTHONG_MESSAGE_EDOC, &count, &error));
    MUST(lienthong_client_close(client, &error));
    MUST(lienthong_client_close(client, &error));
    FAILS(LIENTHONG_ERROR_CLOSED,
          lienthong_client_count(client, LIENTHONG_MESSAGE_EDOC, &count, &error));
    lienthong_client_free(client);
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_client_count(client, LIENTHONG_MESSAGE_EDOC, &count, &error));

    sender = opened(config);
    receiver = opened(config_of(folder, argv[2], "b"));
    id = sent(sender, document_of("1"));
    incoming = shown(receiver);
    MUST(lienthong_incoming_packet(incoming, &packet, &error));
    accepted(receiver, incoming);

    CHECK(pthread_create(&thread, NULL, waits, NULL) == 0);
    MUST(lienthong_connector_close(receiver, 5000, &in_time, &error));
    CHECK(in_time == 1);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(poll_gave == LIENTHONG_ERROR_CLOSED);
    MUST(lienthong_connector_close(receiver, 0, NULL, &error));
    FAILS(LIENTHONG_ERROR_CLOSED, lienthong_connector_poll(receiver, 0, &none, &error));
    FAILS(LIENTHONG_ERROR_CLOSED, lienthong_connector_stats(receiver, &json, &error));
    FAILS(LIENTHONG_ERROR_CLOSED, lienthong_connector_receive_now(receiver, &error));
    document = document_of("2");
    FAILS(LIENTHONG_ERROR_CLOSED,
          lienthong_connector_send(receiver, document, LIENTHONG_STATE_SECRET_NOT_CONTAINED, &json,
                                   &error));
    CHECK(none == NULL && json == NULL);

    /* Freed in the wrong order: what is held by others stays. */
    lienthong_connector_free(receiver);
    CHECK(strcmp(lienthong_incoming_from(incoming), FIRST) == 0);
    lienthong_incoming_free(incoming);
    MUST(lienthong_packet_json(packet, &json, &error));
    lienthong_string_free(json);
    MUST(lienthong_packet_attachment_to_bytes(packet, 1, &data, &length, &error));
    CHECK(length == 17 && memcmp(data, "%PDF", 4) == 0);
    lienthong_bytes_free(data, length);
    lienthong_packet_free(packet);

    lienthong_connector_free(sender);
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_receive_now(sender, &error));
    lienthong_document_free(document);
    lienthong_string_free(id);
    return all_is_freed();
}
