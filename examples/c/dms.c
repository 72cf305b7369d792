/* A small document-management product over the durable connector, driven by lines of JSON:
 * docs/dms.md in C99. The conformance suite drives it; so can any test.
 *
 * Usage: dms --store DIR --organ CODE... [--axis URL --system ID --secret-file FILE]
 *            [--client] [--set KEY=VALUE]...
 *
 * Members of commands are taken by lienthong_json_get, results are the JSON of the library: a
 * product without a JSON reader of its own gets along. The id of a command is a number or a text
 * without quotes in it.
 */
#include <lienthong.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char USAGE[] =
    "usage: dms --store DIR --organ CODE... [--axis URL --system ID --secret-file FILE]\n"
    "           [--client] [--set KEY=VALUE]...\n";

/* ---- texts ---- */

static void *sure(void *memory) {
    if (memory == NULL) {
        fputs("dms: no memory\n", stderr);
        exit(3);
    }
    return memory;
}

static char *format(const char *shape, ...) {
    va_list values;
    int length;
    char *text;
    va_start(values, shape);
    length = vsnprintf(NULL, 0, shape, values);
    va_end(values);
    text = sure(malloc((size_t)length + 1));
    va_start(values, shape);
    vsnprintf(text, (size_t)length + 1, shape, values);
    va_end(values);
    return text;
}

/* A text as JSON, with its quotes. */
static char *quoted(const char *text) {
    char *out = sure(malloc(strlen(text) * 6 + 3)), *to = out;
    *to++ = '"';
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\') {
            *to++ = '\\';
            *to++ = *text;
        } else if (byte < 0x20) {
            to += sprintf(to, "\\u%04x", byte);
        } else {
            *to++ = *text;
        }
    }
    *to++ = '"';
    *to = '\0';
    return out;
}

/* A line without its end; NULL at the end of the input. */
static char *read_line(FILE *in) {
    size_t length = 0, capacity = 4096;
    char *line = sure(malloc(capacity));
    int byte;
    while ((byte = getc(in)) != EOF && byte != '\n') {
        if (length + 2 > capacity) {
            capacity *= 2;
            line = sure(realloc(line, capacity));
        }
        line[length++] = (char)byte;
    }
    if (byte == EOF && length == 0) {
        free(line);
        return NULL;
    }
    line[length] = '\0';
    return line;
}

/* ---- a command and its answer ---- */

/* What a command came to: the JSON of `ok` or of `error`, one of them NULL. */
struct answer {
    char *ok;
    char *error;
};

static struct answer done(char *ok) {
    struct answer answer = {NULL, NULL};
    answer.ok = ok;
    return answer;
}

/* A failure of the library, as the lines show it. */
static struct answer failed(lienthong_error_t *error) {
    struct answer answer = {NULL, NULL};
    answer.error = format("%s", lienthong_error_json(error));
    lienthong_error_free(error);
    return answer;
}

/* A command that cannot be understood. */
static struct answer misuse(const char *reason) {
    struct answer answer = {NULL, NULL};
    int32_t code = LIENTHONG_ERROR_INVALID_ARGUMENT;
    char *en = quoted(lienthong_code_message(code, LIENTHONG_ENGLISH));
    char *vi = quoted(lienthong_code_message(code, LIENTHONG_VIETNAMESE));
    char *why = quoted(reason);
    answer.error = format("{\"kind\":\"%s\",\"number\":%d,\"retry\":\"never\","
                          "\"who_acts\":\"developer\",\"message\":%s,\"message_vi\":%s,"
                          "\"context\":{\"reason\":%s},\"findings\":[]}",
                          lienthong_code_name(code), (int)code, en, vi, why);
    free(en);
    free(vi);
    free(why);
    return answer;
}

/* What a call of the library gave: nothing, or its JSON, which is freed. */
static struct answer told(int32_t code, lienthong_error_t *error, char *json) {
    struct answer answer;
    if (code != LIENTHONG_OK) {
        return failed(error);
    }
    answer = done(format("%s", json == NULL ? "{}" : json));
    lienthong_string_free(json);
    return answer;
}

/* The same where the JSON or text stands in a member; NULL is null. */
static struct answer named(int32_t code, lienthong_error_t *error, char *value, const char *name,
                           int is_text) {
    struct answer answer;
    char *text;
    if (code != LIENTHONG_OK) {
        return failed(error);
    }
    text = value == NULL ? format("null") : is_text ? quoted(value) : format("%s", value);
    answer = done(format("{\"%s\":%s}", name, text));
    free(text);
    lienthong_string_free(value);
    return answer;
}

/* A member; NULL where it is absent or the line is no JSON. To be freed by the library. */
static char *member(const char *json, const char *pointer) {
    lienthong_error_t *error = NULL;
    char *value = NULL;
    if (lienthong_json_get(json, pointer, &value, &error) != LIENTHONG_OK) {
        lienthong_error_free(error);
        return NULL;
    }
    return value;
}

/* The members of a command that is being done; freed together at its end. */
struct given {
    const char *json;
    char **values;
    size_t count;
};

static const char *text_of(struct given *given, const char *pointer) {
    char *value = member(given->json, pointer);
    if (value != NULL) {
        given->values = sure(realloc(given->values, (given->count + 1) * sizeof(char *)));
        given->values[given->count++] = value;
    }
    return value;
}

static int64_t number_of(struct given *given, const char *pointer, int64_t otherwise) {
    const char *text = text_of(given, pointer);
    return text == NULL ? otherwise : strtoll(text, NULL, 10);
}

/* ---- the commands that are more than one call ---- */

static const char CAPABILITIES[] =
    "[\"capabilities\",\"send\",\"poll\",\"accept\",\"refuse\",\"give_back\",\"report\",\"recall\","
    "\"agree\",\"decline\",\"why\",\"thread\",\"find\",\"statuses\",\"stats\",\"events\","
    "\"events_done\",\"quarantine\",\"retry\",\"drop\",\"assign\",\"tick\",\"backup\",\"doctor\","
    "\"close\"]";

static struct answer capabilities(void) {
    lienthong_error_t *error = NULL;
    char *keys = NULL, *settings = format("%s", ""), place[32];
    struct answer answer;
    int i;
    if (lienthong_config_keys(&keys, &error) != LIENTHONG_OK) {
        free(settings);
        return failed(error);
    }
    for (i = 0;; i++) {
        char *name, *more;
        snprintf(place, sizeof place, "/%d/name", i);
        name = member(keys, place);
        if (name == NULL) {
            break;
        }
        more = format("%s%s\"%s\"", settings, i == 0 ? "" : ",", name);
        free(settings);
        settings = more;
        lienthong_string_free(name);
    }
    lienthong_string_free(keys);
    answer = done(format("{\"product\":\"lienthong dms in C\",\"version\":\"%s\",\"commands\":%s,"
                         "\"settings\":[%s],\"features\":[\"signature-report\","
                         "\"signature-verify\",\"sign\",\"seal\",\"tls\",\"client-certificate\","
                         "\"restart\"]}",
                         lienthong_version(), CAPABILITIES, settings));
    free(settings);
    return answer;
}

static struct answer send_document(lienthong_connector_t *connector, struct given *given) {
    lienthong_error_t *error = NULL;
    lienthong_document_t *document = NULL;
    const char *secret = text_of(given, "/contains_state_secret");
    const char *packet = text_of(given, "/packet"), *header = text_of(given, "/document"), *path;
    char *json = NULL, place[32];
    int32_t code, state;
    int i;
    if (secret == NULL || (strcmp(secret, "true") != 0 && strcmp(secret, "false") != 0)) {
        return misuse("contains_state_secret must be true or false");
    }
    state = strcmp(secret, "true") == 0 ? LIENTHONG_STATE_SECRET_CONTAINED
                                        : LIENTHONG_STATE_SECRET_NOT_CONTAINED;
    if (packet != NULL) {
        code = lienthong_connector_send_packet_path(connector, packet, state, &json, &error);
        return told(code, error, json);
    }
    if (header == NULL) {
        return misuse("document must be an object");
    }
    code = lienthong_document_from_json(NULL, header, &document, &error);
    for (i = 0; code == LIENTHONG_OK; i++) {
        snprintf(place, sizeof place, "/attach/%d", i);
        path = text_of(given, place);
        if (path == NULL) {
            break;
        }
        code = lienthong_document_attach_path(document, path, NULL, NULL, NULL, &error);
    }
    if (code == LIENTHONG_OK) {
        code = lienthong_connector_send(connector, document, state, &json, &error);
    }
    lienthong_document_free(document);
    return told(code, error, json);
}

/* The paths of what was extracted, as a JSON list. */
static int32_t extract(lienthong_incoming_t *incoming, const char *folder, char **paths,
                       lienthong_error_t **error) {
    lienthong_packet_t *packet = NULL;
    char *files = NULL, *list = format("%s", ""), *path, *name, *more, place[32];
    int32_t code = lienthong_incoming_packet(incoming, &packet, error);
    int i;
    if (code == LIENTHONG_OK) {
        code = lienthong_packet_extract(packet, folder, 0, &files, error);
    }
    for (i = 0; code == LIENTHONG_OK; i++) {
        snprintf(place, sizeof place, "/%d/path", i);
        path = member(files, place);
        if (path == NULL) {
            break;
        }
        name = quoted(path);
        more = format("%s%s%s", list, i == 0 ? "" : ",", name);
        free(name);
        free(list);
        list = more;
        lienthong_string_free(path);
    }
    lienthong_string_free(files);
    lienthong_packet_free(packet);
    *paths = list;
    return code;
}

static struct answer poll_next(lienthong_connector_t *connector, struct given *given) {
    lienthong_error_t *error = NULL;
    lienthong_incoming_t *incoming = NULL;
    const char *folder = text_of(given, "/extract_to");
    char *json = NULL, *paths = NULL;
    struct answer answer;
    int32_t code = lienthong_connector_poll(connector, number_of(given, "/timeout_ms", 0),
                                            &incoming, &error);
    if (code != LIENTHONG_OK) {
        return failed(error);
    }
    if (incoming == NULL) {
        return done(format("{\"item\":null}"));
    }
    code = lienthong_incoming_json(incoming, &json, &error);
    if (code == LIENTHONG_OK && folder != NULL) {
        code = extract(incoming, folder, &paths, &error);
    }
    if (code != LIENTHONG_OK) {
        answer = failed(error);
    } else if (paths == NULL) {
        answer = done(format("{\"item\":%s}", json));
    } else {
        /* The object of the item, with one member more. */
        answer = done(format("{\"item\":%.*s,\"files\":[%s]}}", (int)strlen(json) - 1, json, paths));
    }
    free(paths);
    lienthong_string_free(json);
    lienthong_incoming_free(incoming);
    return answer;
}

static struct answer recall(lienthong_connector_t *connector, struct given *given) {
    lienthong_error_t *error = NULL;
    const char *outgoing = text_of(given, "/outgoing"), *reason = text_of(given, "/reason");
    const char *staff = text_of(given, "/staff"), *organ, **organs = NULL;
    char *json = NULL, place[32];
    size_t count = 0;
    int32_t code;
    for (;;) {
        snprintf(place, sizeof place, "/organs/%lu", (unsigned long)count);
        organ = text_of(given, place);
        if (organ == NULL) {
            break;
        }
        organs = sure(realloc(organs, (count + 1) * sizeof *organs));
        organs[count++] = organ;
    }
    code = lienthong_connector_recall(connector, outgoing, organs, count, reason, staff, &json,
                                      &error);
    free(organs);
    return named(code, error, json, "requests", 0);
}

static struct answer close_it(lienthong_connector_t *connector, struct given *given) {
    lienthong_error_t *error = NULL;
    int32_t in_time = 0;
    int32_t code = lienthong_connector_close(connector, number_of(given, "/timeout_ms", 5000),
                                             &in_time, &error);
    if (code != LIENTHONG_OK) {
        return failed(error);
    }
    return done(format("{\"closed\":true,\"in_time\":%s}", in_time ? "true" : "false"));
}

/* Does what a line says. NULL texts are refused by the library, which says which. */
static struct answer run(lienthong_connector_t *connector, struct given *given) {
    const char *word = text_of(given, "/do"), *incoming = text_of(given, "/incoming");
    const char *outgoing = text_of(given, "/outgoing"), *packet = text_of(given, "/packet");
    const char *staff = text_of(given, "/staff"), *note = text_of(given, "/note");
    lienthong_error_t *error = NULL;
    char *json = NULL;
    int32_t code;

    if (word == NULL) {
        return misuse("a line is a JSON object with the member do");
    }
#define IS(name) (strcmp(word, name) == 0)
    if (IS("capabilities")) {
        return capabilities();
    } else if (IS("send")) {
        return send_document(connector, given);
    } else if (IS("poll")) {
        return poll_next(connector, given);
    } else if (IS("accept")) {
        code = lienthong_connector_accept(connector, incoming, number_of(given, "/lease", 0),
                                          &error);
    } else if (IS("refuse")) {
        code = lienthong_connector_refuse(connector, incoming, number_of(given, "/lease", 0),
                                          text_of(given, "/reason"), staff, &error);
    } else if (IS("give_back")) {
        code = lienthong_connector_give_back(connector, incoming, number_of(given, "/lease", 0),
                                             number_of(given, "/pause_ms", 0), &error);
    } else if (IS("report")) {
        code = lienthong_connector_report(connector, incoming,
                                          (int32_t)number_of(given, "/code", 0), note, staff,
                                          &json, &error);
        return named(code, error, json, "outgoing", 1);
    } else if (IS("recall")) {
        return recall(connector, given);
    } else if (IS("agree")) {
        code = lienthong_connector_agree(connector, incoming, note, staff, &json, &error);
        return named(code, error, json, "outgoing", 1);
    } else if (IS("decline")) {
        code = lienthong_connector_decline(connector, incoming, note, staff, &json, &error);
        return named(code, error, json, "outgoing", 1);
    } else if (IS("why")) {
        code = lienthong_connector_why(connector, packet, &json, &error);
    } else if (IS("thread")) {
        code = lienthong_connector_thread(connector, packet, &json, &error);
    } else if (IS("find")) {
        code = lienthong_connector_find_sent(connector, text_of(given, "/from"),
                                             text_of(given, "/document_id"), &json, &error);
        return named(code, error, json, "outgoing", 0);
    } else if (IS("statuses")) {
        code = lienthong_connector_statuses(connector, outgoing, &json, &error);
    } else if (IS("stats")) {
        code = lienthong_connector_stats(connector, &json, &error);
    } else if (IS("events")) {
        code = lienthong_connector_events(connector, (size_t)number_of(given, "/limit", 100),
                                          number_of(given, "/timeout_ms", 0), &json, &error);
    } else if (IS("events_done")) {
        code = lienthong_connector_events_done(connector, number_of(given, "/up_to", -1), &error);
    } else if (IS("quarantine")) {
        code = lienthong_connector_quarantine(connector, 1000, &json, &error);
    } else if (IS("retry") || IS("drop")) {
        uint64_t count = 0;
        const char *organ = text_of(given, "/organ");
        code = IS("retry") ? lienthong_connector_retry(connector, outgoing, organ, &count, &error)
                           : lienthong_connector_drop(connector, outgoing, organ, &count, &error);
        return code == LIENTHONG_OK ? done(format("{\"recipients\":%lu}", (unsigned long)count))
                                    : failed(error);
    } else if (IS("assign")) {
        code = lienthong_connector_assign_answer(connector, outgoing, text_of(given, "/organ"),
                                                 (int32_t)number_of(given, "/code", 0), &error);
    } else if (IS("tick")) {
        code = lienthong_connector_receive_now(connector, &error);
    } else if (IS("backup")) {
        code = lienthong_connector_backup(connector, text_of(given, "/folder"), &error);
    } else if (IS("doctor")) {
        code = lienthong_connector_doctor(connector, &json, &error);
    } else if (IS("close")) {
        return close_it(connector, given);
    } else {
        return misuse("there is no such command");
    }
#undef IS
    return told(code, error, json);
}

/* ---- the process ---- */

static void must(int32_t code, lienthong_error_t *error) {
    if (code == LIENTHONG_OK) {
        return;
    }
    fprintf(stderr, "dms: %s\n%s", lienthong_error_message(error, LIENTHONG_ENGLISH), USAGE);
    exit(2);
}

static void set(lienthong_config_t *config, const char *key, const char *value) {
    lienthong_error_t *error = NULL;
    must(lienthong_config_set(config, key, value, &error), error);
}

static void configure(lienthong_config_t *config, int count, char **words) {
    char *organs = format("%s", "");
    int i;
    for (i = 1; i < count; i++) {
        const char *name = words[i], *value;
        if (strcmp(name, "--client") == 0) {
            set(config, "connector.role", "client");
            continue;
        }
        if (i + 1 >= count) {
            fprintf(stderr, "dms: %s needs a value\n%s", name, USAGE);
            exit(2);
        }
        value = words[++i];
        if (strcmp(name, "--store") == 0) {
            set(config, "store.path", value);
        } else if (strcmp(name, "--axis") == 0) {
            set(config, "axis.url", value);
        } else if (strcmp(name, "--system") == 0) {
            set(config, "axis.system_id", value);
        } else if (strcmp(name, "--secret-file") == 0) {
            FILE *file = fopen(value, "rb");
            char *secret = file == NULL ? NULL : read_line(file);
            if (secret == NULL) {
                fprintf(stderr, "dms: %s: %s\n", value, strerror(errno));
                exit(2);
            }
            secret[strcspn(secret, "\r")] = '\0';
            set(config, "axis.secret", secret);
            free(secret);
            fclose(file);
        } else if (strcmp(name, "--organ") == 0) {
            char *more = format("%s%s%s", organs, organs[0] == '\0' ? "" : ",", value);
            free(organs);
            organs = more;
        } else if (strcmp(name, "--set") == 0 && strchr(value, '=') != NULL) {
            char *key = format("%s", value);
            key[strcspn(key, "=")] = '\0';
            set(config, key, strchr(value, '=') + 1);
            free(key);
        } else {
            fprintf(stderr, "dms: %s %s is not understood\n%s", name, value, USAGE);
            exit(2);
        }
    }
    if (organs[0] != '\0') {
        set(config, "connector.organs", organs);
    }
    free(organs);
}

static int serve(lienthong_connector_t *connector) {
    char *line;
    int is_open = 1;
    printf("{\"ready\":true,\"version\":\"%s\"}\n", lienthong_version());
    fflush(stdout);
    while (is_open && (line = read_line(stdin)) != NULL) {
        struct given given = {NULL, NULL, 0};
        struct answer answer;
        char *id, *shown;
        given.json = line;
        if (line[strspn(line, " \t\r")] != '\0') {
            answer = run(connector, &given);
            id = member(line, "/id");
            shown = id == NULL                                      ? format("null")
                    : id[strspn(id, "-0123456789")] == '\0' ? format("%s", id)
                                                                    : quoted(id);
            printf("{\"id\":%s,\"%s\":%s}\n", shown, answer.ok == NULL ? "error" : "ok",
                   answer.ok == NULL ? answer.error : answer.ok);
            fflush(stdout);
            is_open = answer.ok == NULL || strncmp(answer.ok, "{\"closed\":true", 14) != 0;
            free(shown);
            free(answer.ok);
            free(answer.error);
            lienthong_string_free(id);
        }
        while (given.count > 0) {
            lienthong_string_free(given.values[--given.count]);
        }
        free(given.values);
        free(line);
    }
    return 0;
}

int main(int count, char **words) {
    lienthong_error_t *error = NULL;
    lienthong_config_t *config = NULL;
    lienthong_connector_t *connector = NULL;
    int end = 1;
    if (lienthong_abi_version() != LIENTHONG_ABI_VERSION) {
        fputs("dms: the library is of another version than the header\n", stderr);
        return 2;
    }
    must(lienthong_config_new(&config, &error), error);
    configure(config, count, words);
    if (lienthong_connector_open(config, &connector, &error) == LIENTHONG_OK) {
        end = serve(connector);
    } else {
        printf("{\"error\":%s}\n", lienthong_error_json(error));
        lienthong_error_free(error);
    }
    lienthong_connector_free(connector);
    lienthong_config_free(config);
    return end;
}
