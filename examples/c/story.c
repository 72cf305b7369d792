/* A province sends two files to the Office of the Government, follows them, receives a document
 * and reports on it, and takes another one back: the use of lienthong from C, top to bottom.
 *
 * Usage: story CONFIG FILE FILE FOLDER (examples/story/README.md). C99, nothing but lienthong.h
 * and the C library.
 */
#include <lienthong.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How long this program waits for anything, in seconds. Yours goes on for years. */
#define PATIENCE 60

static const char OFFICE[] = "000.00.00.G22";

/* An example ends where something fails. Yours shows the message to whoever can act
 * (lienthong_error_who_acts), and tries again where that is safe (lienthong_error_retry). */
static void must(int32_t code, lienthong_error_t *error) {
    if (code == LIENTHONG_OK) {
        return;
    }
    fprintf(stderr, "error %d: %s\n", (int)code, lienthong_error_message(error, LIENTHONG_ENGLISH));
    lienthong_error_free(error);
    exit(1);
}

static void fail(const char *why) {
    fprintf(stderr, "%s\n", why);
    exit(1);
}

/* A member of some JSON; NULL where it is absent. To be freed. */
static char *member(const char *json, const char *pointer) {
    lienthong_error_t *error = NULL;
    char *value = NULL;
    must(lienthong_json_get(json, pointer, &value, &error), error);
    return value;
}

/* Waits until a member of what is known of a packet has a value. An event says that something
 * happened; how things stand is asked for. Your program has one loop for all packets. */
static void await(lienthong_connector_t *connector, const char *id, const char *pointer,
                  const char *wanted) {
    time_t end = time(NULL) + PATIENCE;
    lienthong_error_t *error = NULL;

    while (time(NULL) < end) {
        char *json = NULL, *found, *number, place[32];
        int is_there, i;

        must(lienthong_connector_why(connector, id, &json, &error), error);
        found = member(json, pointer);
        is_there = found != NULL && strcmp(found, wanted) == 0;
        lienthong_string_free(found);
        lienthong_string_free(json);
        if (is_there) {
            return;
        }
        json = NULL;
        must(lienthong_connector_events(connector, 100, 1000, &json, &error), error);
        for (i = 0; i < 100; i++) {
            snprintf(place, sizeof place, "/%d/number", i);
            number = member(json, place);
            if (number == NULL) {
                break;
            }
            /* Once your database has it. Until then it comes again. */
            must(lienthong_connector_events_done(connector, strtoll(number, NULL, 10), &error),
                 error);
            lienthong_string_free(number);
        }
        lienthong_string_free(json);
    }
    fprintf(stderr, "%s is not %s within a minute\n", id, wanted);
    exit(1);
}

static void print_statuses(lienthong_connector_t *connector, const char *id) {
    lienthong_error_t *error = NULL;
    char *json = NULL, *organ, *code, place[32];
    int i;

    must(lienthong_connector_statuses(connector, id, &json, &error), error);
    for (i = 0;; i++) {
        snprintf(place, sizeof place, "/%d/organ", i);
        organ = member(json, place);
        if (organ == NULL) {
            break;
        }
        snprintf(place, sizeof place, "/%d/code", i);
        code = member(json, place);
        printf("%s says %s\n", organ, code);
        lienthong_string_free(organ);
        lienthong_string_free(code);
    }
    lienthong_string_free(json);
}

/* A document with everything the Office wants to know. */
static lienthong_document_t *document(const char *number) {
    lienthong_error_t *error = NULL;
    lienthong_document_t *document = NULL;
    char id[64];
    size_t i;
    const char *const elements[][2] = {
        {"From/OrganId", "H99.01"},
        {"From/OrganName", "Cơ quan thí dụ"},
        {"To/OrganId", OFFICE},
        {"Code/CodeNumber", number},
        {"Code/CodeNotation", "STD-VP"},
        {"PromulgationInfo/Place", "Thí dụ"},
        {"PromulgationInfo/PromulgationDate", "2026-03-04"},
        {"Subject", "V/v thí dụ"},
    };

    must(lienthong_document_new(NULL, &document, &error), error);
    snprintf(id, sizeof id, "H99.01,2026/03/04,%s/STD-VP", number);
    must(lienthong_document_set(document, "DocumentId", id, &error), error);
    for (i = 0; i < sizeof elements / sizeof elements[0]; i++) {
        must(lienthong_document_set(document, elements[i][0], elements[i][1], &error), error);
    }
    return document;
}

/* When this returns, the packet is on disk and will be delivered, also after a crash or days
 * without the axis. Where you do not know (your server fell), call again: the same document is the
 * same id, never a second packet. That there are no state secrets in it is for you to say. */
static char *send_it(lienthong_connector_t *connector, lienthong_document_t *document) {
    lienthong_error_t *error = NULL;
    char *json = NULL, *id;

    must(lienthong_connector_send(connector, document, LIENTHONG_STATE_SECRET_NOT_CONTAINED, &json,
                                  &error),
         error);
    id = member(json, "/outgoing");
    lienthong_string_free(json);
    lienthong_document_free(document);
    return id;
}

static void send_and_follow(lienthong_connector_t *connector, const char *first,
                            const char *second) {
    lienthong_error_t *error = NULL;
    lienthong_document_t *seven = document("7");
    char *id;

    must(lienthong_document_attach_path(seven, first, NULL, NULL, NULL, &error), error);
    must(lienthong_document_attach_path(seven, second, NULL, NULL, NULL, &error), error);
    id = send_it(connector, seven);
    printf("sent H99.01,2026/03/04,7/STD-VP with 2 files\n");
    await(connector, id, "/outgoing/recipients/0/state", "finished");
    print_statuses(connector, id);
    lienthong_string_free(id);
}

/* What was signed was judged when it came (keys signature....); a policy can ask for proof. This axis
 * signs nothing. */
static void print_authenticity(const lienthong_incoming_t *incoming) {
    lienthong_error_t *error = NULL;
    char *json = NULL, *authenticity, *packet_signature, *seal;

    must(lienthong_incoming_json(incoming, &json, &error), error);
    authenticity = member(json, "/signatures/authenticity");
    packet_signature = member(json, "/signatures/packet_signature/verdict");
    seal = member(json, "/signatures/seal/verdict");
    printf("authenticity %s: packet signature %s, seal %s\n", authenticity, packet_signature, seal);
    lienthong_string_free(authenticity);
    lienthong_string_free(packet_signature);
    lienthong_string_free(seal);
    lienthong_string_free(json);
}

static void receive_and_report(lienthong_connector_t *connector, const char *folder) {
    static const int32_t CODES[] = {3, 4, 5, 6};
    lienthong_error_t *error = NULL;
    lienthong_incoming_t *incoming = NULL;
    lienthong_packet_t *packet = NULL;
    char *id = NULL, *json = NULL, *size, *files = NULL, place[64];
    size_t i;

    must(lienthong_connector_poll(connector, 1000 * PATIENCE, &incoming, &error), error);
    if (incoming == NULL) {
        fail("nothing came within a minute");
    }
    must(lienthong_incoming_packet(incoming, &packet, &error), error);
    must(lienthong_packet_element(packet, "DocumentId", &id, &error), error);
    must(lienthong_packet_attachment(packet, 1, &json, &error), error);
    must(lienthong_packet_extract(packet, folder, 0, &files, &error), error);
    size = member(json, "/Size");
    printf("received %s from %s with %u file of %s bytes\n", id, lienthong_incoming_from(incoming),
           (unsigned)lienthong_packet_attachment_count(packet), size);
    lienthong_string_free(size);
    lienthong_string_free(files);
    lienthong_string_free(json);
    lienthong_string_free(id);
    lienthong_packet_free(packet);
    print_authenticity(incoming);

    /* Now it lies where it belongs: it is not shown again. Of no use as it is: refuse it with the
     * reason. Could it not be kept just now: give it back. */
    must(lienthong_connector_accept(connector, lienthong_incoming_id(incoming),
                                    lienthong_incoming_lease(incoming), &error),
         error);
    for (i = 0; i < sizeof CODES / sizeof CODES[0]; i++) {
        char *report = NULL;
        must(lienthong_connector_report(connector, lienthong_incoming_id(incoming), CODES[i], NULL,
                                        NULL, &report, &error),
             error);
        lienthong_string_free(report);
    }
    for (i = 0; i < 5; i++) {
        char *status;
        snprintf(place, sizeof place, "/incoming/reports/%u/recipients/0/delivery", (unsigned)i);
        await(connector, lienthong_incoming_id(incoming), place, "accepted");
        json = NULL;
        must(lienthong_connector_why(connector, lienthong_incoming_id(incoming), &json, &error),
             error);
        snprintf(place, sizeof place, "/incoming/reports/%u/status", (unsigned)i);
        status = member(json, place);
        printf("reported %s\n", status);
        lienthong_string_free(status);
        lienthong_string_free(json);
    }
    lienthong_incoming_free(incoming);
}

static void send_and_recall(lienthong_connector_t *connector, const char *path) {
    lienthong_error_t *error = NULL;
    lienthong_document_t *eight = document("8");
    char *id, *requests = NULL;
    uint8_t bytes[1024];
    size_t length;
    FILE *file = fopen(path, "rb");

    /* This time from memory. */
    if (file == NULL) {
        fail("the second file cannot be opened");
    }
    length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    must(lienthong_document_attach_bytes(eight, "Phụ lục.txt", bytes, length, NULL, NULL, &error),
         error);
    id = send_it(connector, eight);
    printf("sent H99.01,2026/03/04,8/STD-VP with 1 file\n");
    await(connector, id, "/outgoing/recipients/0/state", "arrived");
    must(lienthong_connector_recall(connector, id, NULL, 0, "Ban hành nhầm", NULL, &requests,
                                    &error),
         error);
    await(connector, id, "/outgoing/recipients/0/state", "recalled");
    print_statuses(connector, id);
    printf("recalled\n");
    lienthong_string_free(requests);
    lienthong_string_free(id);
}

int main(int argc, char **argv) {
    lienthong_error_t *error = NULL;
    lienthong_config_t *config = NULL;
    lienthong_connector_t *connector = NULL;
    int32_t in_time = 0;

    if (argc != 5) {
        fail("usage: story CONFIG FILE FILE FOLDER");
    }
    if (lienthong_abi_version() != LIENTHONG_ABI_VERSION) {
        fail("the library and its header do not belong together");
    }
    must(lienthong_config_new(&config, &error), error);
    must(lienthong_config_load_file(config, argv[1], &error), error);
    /* One for the whole server, for years. It opens without the axis, too. */
    must(lienthong_connector_open(config, &connector, &error), error);
    lienthong_config_free(config);

    send_and_follow(connector, argv[2], argv[3]);
    receive_and_report(connector, argv[4]);
    send_and_recall(connector, argv[3]);

    must(lienthong_connector_close(connector, 5000, &in_time, &error), error);
    lienthong_connector_free(connector);
    if (!in_time || lienthong_live_handles() != 0) {
        fail("something was left behind");
    }
    printf("closed\n");
    return 0;
}
