/* What the C tests have in common. A test is one program: it gets a fresh folder and the address of
 * a test axis, and ends with 0 if all holds. */
#ifndef CHECK_H
#define CHECK_H

#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L
#endif

#include <lienthong.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Ends the test where a condition does not hold. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);          \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* Ends the test where a call fails. `error` is the variable it was given. */
#define MUST(call)                                                                                 \
    do {                                                                                           \
        int32_t must_code = (call);                                                                \
        if (must_code != LIENTHONG_OK) {                                                           \
            const char *must_words = lienthong_error_message(error, LIENTHONG_ENGLISH);            \
            fprintf(stderr, "%s:%d: %d %s\n", __FILE__, __LINE__, (int)must_code,                  \
                    must_words == NULL ? #call : must_words);                                      \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

/* Ends the test where a call does not fail with this code. Frees the error. */
#define FAILS(wanted, call)                                                                        \
    do {                                                                                           \
        int32_t fails_code = (call);                                                               \
        if (fails_code != (wanted) || lienthong_error_code(error) != (wanted)) {                   \
            fprintf(stderr, "%s:%d: %s gave %d, wanted %d: %s\n", __FILE__, __LINE__, #call,       \
                    (int)fails_code, (int)(wanted), lienthong_error_message(error, 1));            \
            exit(1);                                                                               \
        }                                                                                          \
        lienthong_error_free(error);                                                               \
        error = NULL;                                                                              \
    } while (0)

static const char FIRST[] = "H99.01";
static const char SECOND[] = "H99.02";

static inline const char *folder_of(int argc, char **argv) {
    CHECK(argc == 3);
    return argv[1];
}

/* folder/name, in a place that the next call but three uses again. */
static inline const char *path(const char *folder, const char *name) {
    static char places[4][1024];
    static int next = 0;
    char *place = places[next++ % 4];
    snprintf(place, sizeof places[0], "%s/%s", folder, name);
    return place;
}

static inline void set(lienthong_config_t *config, const char *key, const char *value) {
    lienthong_error_t *error = NULL;
    MUST(lienthong_config_set(config, key, value, &error));
}

/* The config of one of two systems of the axis: "a" has H99.01, "b" has H99.02. */
static inline lienthong_config_t *config_of(const char *folder, const char *url,
                                            const char *system) {
    lienthong_error_t *error = NULL;
    lienthong_config_t *config = NULL;
    MUST(lienthong_config_new(&config, &error));
    set(config, "axis.url", url);
    set(config, "axis.system_id", system);
    set(config, "axis.secret", "made-up");
    set(config, "connector.organs", *system == 'a' ? FIRST : SECOND);
    set(config, "store.path", path(folder, system));
    set(config, "receive.interval", "50");
    set(config, "send.pause", "20");
    return config;
}

static inline lienthong_connector_t *opened(lienthong_config_t *config) {
    lienthong_error_t *error = NULL;
    lienthong_connector_t *connector = NULL;
    MUST(lienthong_connector_open(config, &connector, &error));
    lienthong_config_free(config);
    return connector;
}

/* A document that may be sent, from H99.01 to H99.02, with a file in memory. */
static inline lienthong_document_t *document_of(const char *number) {
    static const char *const ELEMENTS[][2] = {
        {"From/OrganId", "H99.01"},
        {"To/OrganId", "H99.02"},
        {"Code/CodeNotation", "TD-VP"},
        {"PromulgationInfo/Place", "Thí dụ"},
        {"PromulgationInfo/PromulgationDate", "2026-03-04"},
        {"Subject", "V/v thí dụ"},
    };
    static const uint8_t FILE_BYTES[] = "%PDF-1.4 made up\n";
    lienthong_error_t *error = NULL;
    lienthong_document_t *document = NULL;
    char id[64];
    size_t i;

    MUST(lienthong_document_new(NULL, &document, &error));
    snprintf(id, sizeof id, "H99.01-2026-%s", number);
    MUST(lienthong_document_set(document, "DocumentId", id, &error));
    MUST(lienthong_document_set(document, "Code/CodeNumber", number, &error));
    for (i = 0; i < sizeof ELEMENTS / sizeof ELEMENTS[0]; i++) {
        MUST(lienthong_document_set(document, ELEMENTS[i][0], ELEMENTS[i][1], &error));
    }
    MUST(lienthong_document_attach_bytes(document, "a.pdf", FILE_BYTES, sizeof FILE_BYTES - 1, NULL,
                                         NULL, &error));
    return document;
}

/* A member of some JSON, to be freed; NULL where it is absent. */
static inline char *member(const char *json, const char *pointer) {
    lienthong_error_t *error = NULL;
    char *value = NULL;
    MUST(lienthong_json_get(json, pointer, &value, &error));
    return value;
}

static inline int is(const char *json, const char *pointer, const char *wanted) {
    char *value = member(json, pointer);
    int same = value != NULL && strcmp(value, wanted) == 0;
    lienthong_string_free(value);
    return same;
}

/* Stores a document and gives its id, to be freed. Frees the document. */
static inline char *sent(lienthong_connector_t *connector, lienthong_document_t *document) {
    lienthong_error_t *error = NULL;
    char *json = NULL, *id;
    MUST(lienthong_connector_send(connector, document, LIENTHONG_STATE_SECRET_NOT_CONTAINED, &json,
                                  &error));
    id = member(json, "/outgoing");
    CHECK(id != NULL);
    lienthong_string_free(json);
    lienthong_document_free(document);
    return id;
}

/* Waits, a minute at most, until what is known of a packet has a member of this value. */
static inline void until(lienthong_connector_t *connector, const char *id, const char *pointer,
                         const char *wanted) {
    lienthong_error_t *error = NULL;
    int i, event;
    for (i = 0; i < 600; i++) {
        char *json = NULL;
        int there;
        MUST(lienthong_connector_why(connector, id, &json, &error));
        there = is(json, pointer, wanted);
        if (i == 599) {
            fprintf(stderr, "%s\n", json);
        }
        lienthong_string_free(json);
        if (there) {
            return;
        }
        json = NULL;
        /* Waits for something new to happen, at most a moment. */
        MUST(lienthong_connector_events(connector, 1000, 100, &json, &error));
        for (event = 0; event < 1000; event++) {
            char place[32], *number;
            snprintf(place, sizeof place, "/%d/number", event);
            number = member(json, place);
            if (number == NULL) {
                break;
            }
            MUST(lienthong_connector_events_done(connector, strtoll(number, NULL, 10), &error));
            lienthong_string_free(number);
        }
        lienthong_string_free(json);
    }
    fprintf(stderr, "%s: %s never was %s\n", id, pointer, wanted);
    exit(1);
}

/* The next packet that comes; the test ends where none does. */
static inline lienthong_incoming_t *shown(lienthong_connector_t *connector) {
    lienthong_error_t *error = NULL;
    lienthong_incoming_t *incoming = NULL;
    MUST(lienthong_connector_poll(connector, 60000, &incoming, &error));
    CHECK(incoming != NULL);
    return incoming;
}

static inline void accepted(lienthong_connector_t *connector, lienthong_incoming_t *incoming) {
    lienthong_error_t *error = NULL;
    MUST(lienthong_connector_accept(connector, lienthong_incoming_id(incoming),
                                    lienthong_incoming_lease(incoming), &error));
}

/* Every test ends so: nothing of the library is left. */
static inline int all_is_freed(void) {
    CHECK(lienthong_live_handles() == 0);
    return 0;
}

#endif
