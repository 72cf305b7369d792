/* After a fork the child is told so at once, also where it would open a connector of its own while
   its parent has one open; packets and configs work there; the parent goes on. */
#include "check.h"

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* The child ends by _exit, as a child of a server does, with 0 if all holds. */
static void in_child(lienthong_connector_t *connector, lienthong_client_t *client,
                     lienthong_packet_t *packet, lienthong_config_t *config) {
    lienthong_error_t *error = NULL;
    lienthong_incoming_t *incoming = NULL;
    lienthong_connector_t *own = NULL;
    lienthong_document_t *document = document_of("2");
    char *json = NULL;
    uint64_t count = 0;

    FAILS(LIENTHONG_ERROR_AFTER_FORK, lienthong_connector_poll(connector, 60000, &incoming, &error));
    FAILS(LIENTHONG_ERROR_AFTER_FORK,
          lienthong_connector_send(connector, document, LIENTHONG_STATE_SECRET_NOT_CONTAINED, &json,
                                   &error));
    FAILS(LIENTHONG_ERROR_AFTER_FORK, lienthong_connector_stats(connector, &json, &error));
    FAILS(LIENTHONG_ERROR_AFTER_FORK,
          lienthong_client_count(client, LIENTHONG_MESSAGE_EDOC, &count, &error));
    MUST(lienthong_connector_close(connector, 5000, NULL, &error));
    FAILS(LIENTHONG_ERROR_AFTER_FORK, lienthong_connector_open(config, &own, &error));
    lienthong_connector_free(connector);
    FAILS(LIENTHONG_ERROR_AFTER_FORK, lienthong_connector_open(config, &own, &error));
    lienthong_client_free(client);
    MUST(lienthong_packet_json(packet, &json, &error));
    lienthong_string_free(json);
    set(config, "axis.url", "https://x");
    lienthong_config_free(config);
    lienthong_document_free(document);
    lienthong_packet_free(packet);
    CHECK(lienthong_live_handles() == 0);
    _exit(0);
}

/* The parent has closed its own, and not freed it. */
static void in_later_child(lienthong_connector_t *connector, lienthong_config_t *config) {
    lienthong_error_t *error = NULL;
    lienthong_connector_t *own = NULL;
    char *json = NULL;

    MUST(lienthong_connector_open(config, &own, &error));
    MUST(lienthong_connector_stats(own, &json, &error));
    lienthong_string_free(json);
    lienthong_connector_free(own);
    lienthong_connector_free(connector);
    _exit(0);
}

static void ends_well(pid_t child) {
    int status = -1;

    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(int argc, char **argv) {
    lienthong_error_t *error = NULL;
    const char *folder = folder_of(argc, argv);
    lienthong_config_t *config = config_of(folder, argv[2], "a");
    lienthong_document_t *document = document_of("1");
    lienthong_connector_t *connector = NULL;
    lienthong_client_t *client = NULL;
    lienthong_packet_t *packet = NULL;
    uint8_t *data = NULL;
    size_t length = 0;
    uint64_t count = 0;
    char *id;
    pid_t child;

    MUST(lienthong_document_to_bytes(document, &data, &length, &error));
    MUST(lienthong_packet_from_bytes(NULL, data, length, &packet, &error));
    lienthong_bytes_free(data, length);
    MUST(lienthong_client_open(config, &client, &error));
    MUST(lienthong_connector_open(config, &connector, &error));

    lienthong_document_free(document);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        in_child(connector, client, packet, config);
    }
    ends_well(child);

    id = sent(connector, document_of("1"));
    until(connector, id, "/outgoing/recipients/0/delivery", "accepted");
    MUST(lienthong_client_count(client, LIENTHONG_MESSAGE_EDOC, &count, &error));
    lienthong_string_free(id);

    MUST(lienthong_connector_close(connector, 5000, NULL, &error));
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        in_later_child(connector, config);
    }
    ends_well(child);
    lienthong_config_free(config);
    lienthong_packet_free(packet);
    lienthong_client_free(client);
    lienthong_connector_free(connector);
    return all_is_freed();
}
