/* 64 threads use one connector, one packet, one document and their own handles at once, while handles
 * are freed under others; nothing is lost. */
#include "check.h"

#include <pthread.h>

#define THREADS 64
#define EACH 4

static lienthong_connector_t *connector;
static lienthong_packet_t *packet;
static lienthong_document_t *shared;
static lienthong_config_t *victim;

static void *works(void *numbered) {
    lienthong_error_t *error = NULL;
    long number = (long)(intptr_t)numbered;
    int i;

    for (i = 0; i < EACH; i++) {
        char name[32], *json = NULL, *id, *value = NULL;
        int32_t code;
        uint8_t *data = NULL;
        size_t length = 0;

        snprintf(name, sizeof name, "%ld", number * EACH + i + 1);
        id = sent(connector, document_of(name));
        MUST(lienthong_connector_why(connector, id, &json, &error));
        lienthong_string_free(json);
        lienthong_string_free(id);
        json = NULL;
        MUST(lienthong_packet_json(packet, &json, &error));
        lienthong_string_free(json);
        MUST(lienthong_packet_attachment_to_bytes(packet, 1, &data, &length, &error));
        CHECK(length == 17);
        lienthong_bytes_free(data, length);

        /* A document is for one thread at a time: done, or refused, never a race. */
        code = lienthong_document_set(shared, "Subject", name, &error);
        CHECK(code == LIENTHONG_OK || code == LIENTHONG_ERROR_INVALID_ARGUMENT);
        lienthong_error_free(error);
        error = NULL;

        /* Somebody frees it at some moment. */
        code = lienthong_config_get(victim, "axis.url", &value, &error);
        CHECK(code == LIENTHONG_OK || code == LIENTHONG_ERROR_INVALID_ARGUMENT);
        lienthong_error_free(error);
        error = NULL;
        lienthong_string_free(value);
        if (number == THREADS / 2 && i == EACH / 2) {
            lienthong_config_free(victim);
        }
    }
    return NULL;
}

int main(int argc, char **argv) {
    lienthong_error_t *error = NULL;
    const char *folder = folder_of(argc, argv);
    lienthong_document_t *document = document_of("1000");
    pthread_t threads[THREADS];
    uint8_t *data = NULL;
    size_t length = 0;
    char *json = NULL;
    intptr_t i;

    MUST(lienthong_document_to_bytes(document, &data, &length, &error));
    MUST(lienthong_packet_from_bytes(NULL, data, length, &packet, &error));
    lienthong_bytes_free(data, length);
    lienthong_document_free(document);
    MUST(lienthong_config_new(&victim, &error));
    shared = document_of("2000");
    connector = opened(config_of(folder, argv[2], "a"));
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, works, (void *)i) == 0);
    }
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    for (i = 1; i <= THREADS * EACH; i++) {
        char id[32];
        snprintf(id, sizeof id, "out-%d", (int)i);
        until(connector, id, "/outgoing/recipients/0/delivery", "accepted");
    }
    MUST(lienthong_connector_stats(connector, &json, &error));
    CHECK(is(json, "/counts/recipient.accepted", "256"));
    lienthong_string_free(json);
    lienthong_document_free(shared);
    lienthong_connector_free(connector);
    lienthong_packet_free(packet);
    return all_is_freed();
}
