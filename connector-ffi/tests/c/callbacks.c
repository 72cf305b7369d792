/* Callbacks: read and write are called on the calling thread and not after the call; the log lives as
 * long as somebody needs it, and is dropped once. */
#include "check.h"

#include <pthread.h>

/* 3 MB: more than is kept in memory. */
#define LONG_FILE 3000000

struct stream {
    pthread_t thread;
    uint64_t bytes;
    uint64_t sum;
    uint64_t stop_at;
    int calls_on_other_threads;
};

static uint8_t byte_at(uint64_t place) {
    return (uint8_t)(place * 31 + place / 251);
}

static int64_t gives(void *user_data, uint8_t *buffer, size_t capacity) {
    struct stream *stream = user_data;
    size_t i, count = capacity > 1000 ? 1000 : capacity;
    stream->calls_on_other_threads += !pthread_equal(stream->thread, pthread_self());
    if (stream->bytes >= stream->stop_at) {
        return -1;
    }
    for (i = 0; i < count && stream->bytes < LONG_FILE; i++) {
        buffer[i] = byte_at(stream->bytes++);
    }
    return (int64_t)i;
}

static int32_t takes(void *user_data, const uint8_t *data, size_t length) {
    struct stream *stream = user_data;
    size_t i;
    stream->calls_on_other_threads += !pthread_equal(stream->thread, pthread_self());
    if (stream->bytes >= stream->stop_at) {
        return 1;
    }
    for (i = 0; i < length; i++) {
        stream->sum += data[i] * (stream->bytes % 1000003 + 1);
        stream->bytes++;
    }
    return 0;
}

static int64_t lies(void *user_data, uint8_t *buffer, size_t capacity) {
    (void)user_data;
    (void)buffer;
    return (int64_t)capacity + 1;
}

/* What is called while the document is in use is refused, and does not wait for itself. */
static int32_t calls_back(void *user_data, const uint8_t *data, size_t length) {
    char *json = NULL;
    (void)data;
    (void)length;
    CHECK(lienthong_packet_json(user_data, &json, NULL) == LIENTHONG_OK);
    lienthong_string_free(json);
    return 0;
}

static struct stream fresh(void) {
    struct stream stream = {0};
    stream.thread = pthread_self();
    stream.stop_at = UINT64_MAX;
    return stream;
}

struct log {
    pthread_mutex_t lock;
    int lines;
    int dropped;
    int lines_after_drop;
    int level;
};

static void takes_line(void *user_data, int32_t level, const char *target, const char *message) {
    struct log *log = user_data;
    pthread_mutex_lock(&log->lock);
    log->lines++;
    log->lines_after_drop += log->dropped;
    if (level > log->level || target == NULL || message == NULL || strstr(message, "thí dụ")) {
        log->level = -1;
    }
    pthread_mutex_unlock(&log->lock);
}

static void drops(void *user_data) {
    struct log *log = user_data;
    pthread_mutex_lock(&log->lock);
    log->dropped++;
    pthread_mutex_unlock(&log->lock);
}

static void streams(void) {
    lienthong_error_t *error = NULL;
    lienthong_document_t *document = document_of("1");
    lienthong_packet_t *packet = NULL;
    struct stream in = fresh(), out = fresh(), wanted = fresh();
    uint64_t i, length = 0;
    uint8_t *data = NULL;
    size_t size = 0;
    char *json = NULL;

    MUST(lienthong_document_attach_callback(document, "dài.pdf", gives, &in, NULL, NULL, &error));
    CHECK(in.bytes == LONG_FILE && in.calls_on_other_threads == 0);
    memset(&in, 0xee, sizeof in); /* It is not looked at any more. */
    MUST(lienthong_document_to_callback(document, takes, &out, &length, &error));
    CHECK(out.bytes == length && length > LONG_FILE && out.calls_on_other_threads == 0);
    /* The same once more: the same bytes. */
    wanted.sum = out.sum;
    out = fresh();
    MUST(lienthong_document_to_callback(document, takes, &out, NULL, &error));
    CHECK(out.sum == wanted.sum);

    MUST(lienthong_document_to_bytes(document, &data, &size, &error));
    MUST(lienthong_packet_from_bytes(NULL, data, size, &packet, &error));
    lienthong_bytes_free(data, size);
    out = fresh();
    MUST(lienthong_packet_attachment_to_callback(packet, 2, takes, &out, &length, &error));
    CHECK(length == LONG_FILE && out.calls_on_other_threads == 0);
    wanted = fresh();
    for (i = 0; i < LONG_FILE; i++) {
        uint8_t byte = byte_at(i);
        takes(&wanted, &byte, 1);
    }
    CHECK(out.sum == wanted.sum);
    out = fresh();
    MUST(lienthong_packet_to_callback(packet, takes, &out, &length, &error));
    CHECK(out.bytes == size && length == size);
    MUST(lienthong_packet_attachment_to_callback(packet, 1, calls_back, packet, NULL, &error));

    /* Failures of callbacks are io, and leave nothing behind. */
    out = fresh();
    out.stop_at = 1000;
    FAILS(LIENTHONG_ERROR_IO, lienthong_document_to_callback(document, takes, &out, &length, &error));
    out = fresh();
    out.stop_at = 1000;
    FAILS(LIENTHONG_ERROR_IO,
          lienthong_packet_attachment_to_callback(packet, 2, takes, &out, &length, &error));
    in = fresh();
    in.stop_at = 5000;
    FAILS(LIENTHONG_ERROR_IO, lienthong_document_attach_callback(document, "x.pdf", gives, &in, NULL,
                                                                 NULL, &error));
    FAILS(LIENTHONG_ERROR_IO, lienthong_document_attach_callback(document, "x.pdf", lies, NULL, NULL,
                                                                 NULL, &error));
    MUST(lienthong_document_json(document, &json, &error));
    lienthong_string_free(json);
    lienthong_packet_free(packet);
    lienthong_document_free(document);
}

static void logs(const char *folder) {
    lienthong_error_t *error = NULL;
    struct log log = {PTHREAD_MUTEX_INITIALIZER, 0, 0, 0, LIENTHONG_LOG_TRACE};
    /* Nobody listens there: the connector has something to say. */
    lienthong_config_t *config = config_of(folder, "http://127.0.0.1:1", "a");
    lienthong_connector_t *connector = NULL;
    char *id;
    int lines = 0, i;

    MUST(lienthong_config_set_log(config, LIENTHONG_LOG_TRACE, takes_line, &log, drops, &error));
    MUST(lienthong_connector_open(config, &connector, &error));
    lienthong_config_free(config);
    CHECK(log.dropped == 0);
    id = sent(connector, document_of("1"));
    for (i = 0; i < 600 && lines == 0; i++) {
        char *json = NULL;
        MUST(lienthong_connector_events(connector, 1, 100, &json, &error));
        lienthong_string_free(json);
        pthread_mutex_lock(&log.lock);
        lines = log.lines;
        pthread_mutex_unlock(&log.lock);
    }
    CHECK(lines > 0 && log.dropped == 0);
    lienthong_connector_free(connector);
    CHECK(log.dropped == 1 && log.lines_after_drop == 0 && log.level == LIENTHONG_LOG_TRACE);
    lienthong_string_free(id);

    /* Dropped once also where the call fails, where it is replaced, and where nothing is opened. */
    memset(&log.lines, 0, sizeof log.lines);
    log.dropped = 0;
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_config_set_log(NULL, LIENTHONG_LOG_INFO, takes_line, &log, drops, &error));
    CHECK(log.dropped == 1);
    config = NULL;
    MUST(lienthong_config_new(&config, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_config_set_log(config, 99, takes_line, &log, drops, &error));
    CHECK(log.dropped == 2);
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_config_set_log(config, LIENTHONG_LOG_INFO, NULL, &log, drops, &error));
    CHECK(log.dropped == 3);
    MUST(lienthong_config_set_log(config, LIENTHONG_LOG_INFO, takes_line, &log, drops, &error));
    MUST(lienthong_config_set_log(config, LIENTHONG_LOG_INFO, takes_line, &log, drops, &error));
    CHECK(log.dropped == 4);
    lienthong_config_free(config);
    CHECK(log.dropped == 5);
}

int main(int argc, char **argv) {
    const char *folder = folder_of(argc, argv);
    streams();
    logs(folder);
    return all_is_freed();
}
