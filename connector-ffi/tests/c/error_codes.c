/* Every error code of the library is reached by a call, or stands in the list of those that cannot be
 * reached here, with the reason. A new code without either fails. */
#include "keys.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* Codes that no call of this test gives. */
static const struct {
    int32_t code;
    const char *reason;
} ELSEWHERE[] = {
    {LIENTHONG_ERROR_ATTACHMENT_TOO_LARGE,
     "needs a file of 4 GiB to be packed; the core's tests reach it with a source made up"},
    {LIENTHONG_ERROR_STORE_ON_NETWORK,
     "needs a network file system; the core's tests reach it with a made-up table of mounts"},
    {LIENTHONG_ERROR_STORE_FULL,
     "needs a full disk; examples/rust/tests/disk reaches it with one that pretends"},
};

static int reached[1000];

/* Notes a code that a call gave. */
static void note(int32_t code) {
    CHECK(code > 0 && code < 1000 && lienthong_code_name(code) != NULL);
    reached[code]++;
}

#define REACHES(wanted, call)                                                                      \
    do {                                                                                           \
        FAILS(wanted, call);                                                                       \
        note(wanted);                                                                              \
    } while (0)

static const char *url;
static const char *folder;

static void arguments_and_config(void) {
    lienthong_error_t *error = NULL;
    lienthong_config_t *config = NULL;
    lienthong_connector_t *connector = NULL;
    lienthong_client_t *client = NULL;

    MUST(lienthong_config_new(&config, &error));
    REACHES(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_config_set(NULL, "a", "b", &error));
    REACHES(LIENTHONG_ERROR_CONFIG_UNKNOWN_KEY, lienthong_config_set(config, "a", "b", &error));
    REACHES(LIENTHONG_ERROR_CONFIG_INVALID_VALUE,
            lienthong_config_set(config, "send.parallel", "many", &error));
    REACHES(LIENTHONG_ERROR_IO, lienthong_config_load_file(config, "no such file", &error));
    REACHES(LIENTHONG_ERROR_CONFIG_MISSING, lienthong_connector_open(config, &connector, &error));
    set(config, "axis.url", "http://axis.invalid");
    set(config, "axis.system_id", "a");
    set(config, "axis.secret", "b");
    REACHES(LIENTHONG_ERROR_AXIS_PLAINTEXT, lienthong_client_open(config, &client, &error));
    lienthong_config_free(config);
    CHECK(connector == NULL && client == NULL);
    CHECK(setenv("LIENTHONG_TEST_PANIC", "lienthong_config_new", 1) == 0);
    REACHES(LIENTHONG_ERROR_INTERNAL, lienthong_config_new(&config, &error));
    CHECK(unsetenv("LIENTHONG_TEST_PANIC") == 0);
}

static void copied(const char *name, const uint8_t *data, size_t length) {
    written(path(folder, name), data, length);
}

/* Files that hold no key, no certificate and no organs. */
static void trust(void) {
    lienthong_error_t *error = NULL;
    lienthong_config_t *config = NULL;
    lienthong_connector_t *connector = NULL;

    CHECK(mkdir(path(folder, "no-trust"), 0700) == 0);
    copied("no-trust/none.pem", (const uint8_t *)"none", 4);
    copied("none.txt", (const uint8_t *)"none", 4);
    MUST(lienthong_config_new(&config, &error));
    set(config, "connector.organs", "H99.01");
    set(config, "connector.role", "client");
    set(config, "store.path", path(folder, "no-store"));
    set(config, "signature.key_file", path(folder, "none.txt"));
    REACHES(LIENTHONG_ERROR_KEY_UNREADABLE, lienthong_connector_open(config, &connector, &error));
    set(config, "signature.key_file", "");
    set(config, "signature.trust", path(folder, "no-trust"));
    REACHES(LIENTHONG_ERROR_TRUST_UNREADABLE, lienthong_connector_open(config, &connector, &error));
    set(config, "signature.trust", "");
    set(config, "signature.organs", path(folder, "none.txt"));
    REACHES(LIENTHONG_ERROR_ORGANS_UNREADABLE, lienthong_connector_open(config, &connector, &error));
    lienthong_config_free(config);
    CHECK(connector == NULL);
}

static void key_files(void) {
    static const struct {
        int32_t wanted;
        const char *key;
        const char *certificate;
    } FILES[] = {
        {LIENTHONG_ERROR_KEY_PASSWORD, "curve.p12", ""},
        {LIENTHONG_ERROR_KEY_UNSUITABLE, "weak.key", "weak.pem"},
        {LIENTHONG_ERROR_KEY_CERTIFICATE, "rsa.key", "curve.pem"},
    };
    lienthong_error_t *error = NULL;
    size_t i;

    made_keys(folder);
    made_key(folder, "weak", "-algorithm RSA -pkeyopt rsa_keygen_bits:1024");
    for (i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        lienthong_config_t *config = NULL;
        lienthong_signer_t *signer = NULL;
        MUST(lienthong_config_new(&config, &error));
        set(config, "signature.key_file", path(folder, FILES[i].key));
        if (*FILES[i].certificate != 0) {
            set(config, "signature.certificate_file", path(folder, FILES[i].certificate));
        }
        REACHES(FILES[i].wanted, lienthong_signer_from_config(config, &signer, &error));
        CHECK(signer == NULL);
        lienthong_config_free(config);
    }
}

static int32_t signs_nothing(void *user_data, const uint8_t *message, size_t length,
                             uint8_t *signature, size_t capacity, size_t *count) {
    (void)user_data;
    (void)message;
    (void)length;
    (void)signature;
    (void)capacity;
    (void)count;
    return 1;
}

static void signing(void) {
    static const char BROKEN[] = "<edXMLEnvelope", COMMENT[] = "<!-- -->";
    lienthong_error_t *error = NULL;
    lienthong_config_t *config = NULL;
    lienthong_signer_t *signer = NULL, *failing = NULL, *unfit = NULL;
    lienthong_packet_t *packet = unsigned_packet("1"), *other = NULL;
    uint8_t *data = NULL, *bytes = NULL, certificate[4096];
    size_t length = 0, size = 0;
    FILE *file = fopen(path(folder, "curve.der"), "rb");

    CHECK(file != NULL);
    size = fread(certificate, 1, sizeof certificate, file);
    CHECK(fclose(file) == 0);
    REACHES(LIENTHONG_ERROR_SIGNER_UNFIT,
            lienthong_signer_from_callback("rsa-sha256", certificate, size, signs_nothing, NULL,
                                           NULL, &unfit, &error));
    MUST(lienthong_signer_from_callback("ecdsa-sha256", certificate, size, signs_nothing, NULL,
                                        NULL, &failing, &error));
    REACHES(LIENTHONG_ERROR_SIGNING_FAILED,
            lienthong_packet_sign_to_bytes(packet, failing, LIENTHONG_SIGN_PACKET, 0, &data,
                                           &length, &error));
    lienthong_signer_free(failing);

    MUST(lienthong_config_new(&config, &error));
    set(config, "signature.key_file", path(folder, "curve.key"));
    set(config, "signature.certificate_file", path(folder, "curve.pem"));
    MUST(lienthong_signer_from_config(config, &signer, &error));
    lienthong_config_free(config);
    MUST(lienthong_packet_sign_to_bytes(packet, signer, LIENTHONG_SIGN_PACKET, 0, &data, &length,
                                        &error));
    lienthong_packet_free(packet);
    MUST(lienthong_packet_from_bytes(NULL, data, length, &packet, &error));
    REACHES(LIENTHONG_ERROR_ALREADY_SIGNED,
            lienthong_packet_sign_to_bytes(packet, signer, LIENTHONG_SIGN_PACKET, 0, &bytes, &size,
                                           &error));
    lienthong_packet_free(packet);
    lienthong_bytes_free(data, length);
    MUST(lienthong_packet_from_bytes(NULL, (const uint8_t *)BROKEN, sizeof BROKEN - 1, &other,
                                     &error));
    REACHES(LIENTHONG_ERROR_PACKET_UNREADABLE,
            lienthong_packet_sign_to_bytes(other, signer, LIENTHONG_SIGN_PACKET, 0, &bytes, &size,
                                           &error));
    lienthong_packet_free(other);

    /* A comment may stand in a packet, and nobody signs what readers pass over. */
    packet = unsigned_packet("1");
    MUST(lienthong_packet_to_path(packet, path(folder, "comment.edxml"), NULL, &error));
    lienthong_packet_free(packet);
    file = fopen(path(folder, "comment.edxml"), "ab");
    CHECK(file != NULL && fputs(COMMENT, file) >= 0 && fclose(file) == 0);
    MUST(lienthong_packet_from_path(NULL, path(folder, "comment.edxml"), &packet, &error));
    CHECK(lienthong_packet_readable(packet));
    REACHES(LIENTHONG_ERROR_NOT_SIGNABLE,
            lienthong_packet_sign_to_bytes(packet, signer, LIENTHONG_SIGN_PACKET, 0, &bytes, &size,
                                           &error));
    lienthong_packet_free(packet);
    lienthong_signer_free(signer);
    CHECK(unfit == NULL && bytes == NULL);
}

static void packets(void) {
    /* A file that says it has 4096 bytes and gives fewer. */
    static const char SHORT[] = "/sys/devices/system/cpu/online";
    lienthong_error_t *error = NULL;
    lienthong_document_t *document = NULL;
    lienthong_packet_t *packet = NULL;
    uint8_t *data = NULL, *bytes = NULL, *found;
    size_t length = 0, size = 0;

    MUST(lienthong_document_new(NULL, &document, &error));
    REACHES(LIENTHONG_ERROR_PACKET_IMPOSSIBLE,
            lienthong_document_to_bytes(document, &data, &length, &error));
    lienthong_document_free(document);
    document = document_of("1");
    MUST(lienthong_document_to_bytes(document, &data, &length, &error));

    /* The file of a packet is another one when its attachment is asked for. */
    copied("changing.edxml", data, length);
    MUST(lienthong_packet_from_path(NULL, path(folder, "changing.edxml"), &packet, &error));
    copied("changing.edxml", (const uint8_t *)"<a/>", 4);
    REACHES(LIENTHONG_ERROR_PACKET_CHANGED,
            lienthong_packet_attachment_to_bytes(packet, 1, &bytes, &size, &error));
    lienthong_packet_free(packet);

    for (found = data; memcmp(found, "JVBER", 5) != 0; found++) {
    }
    found[2] = '!';
    MUST(lienthong_packet_from_bytes(NULL, data, length, &packet, &error));
    REACHES(LIENTHONG_ERROR_ATTACHMENT_UNREADABLE,
            lienthong_packet_attachment_to_bytes(packet, 1, &bytes, &size, &error));
    lienthong_packet_free(packet);
    lienthong_bytes_free(data, length);

    MUST(lienthong_document_attach_path(document, SHORT, "b.pdf", NULL, NULL, &error));
    REACHES(LIENTHONG_ERROR_ATTACHMENT_LENGTH,
            lienthong_document_to_bytes(document, &data, &length, &error));
    lienthong_document_free(document);
    CHECK(bytes == NULL);
}

static lienthong_client_t *client_of(const char *key, const char *value) {
    lienthong_error_t *error = NULL;
    lienthong_config_t *config = config_of(folder, url, "a");
    lienthong_client_t *client = NULL;
    if (key != NULL) {
        set(config, key, value);
    }
    MUST(lienthong_client_open(config, &client, &error));
    lienthong_config_free(config);
    return client;
}

/* A client that is used for one call. */
static void once(int32_t wanted, const char *key, const char *value) {
    lienthong_error_t *error = NULL;
    lienthong_client_t *client = client_of(key, value);
    char *json = NULL;
    REACHES(wanted, lienthong_client_agencies(client, &json, &error));
    lienthong_client_free(client);
}

/* Answers whoever connects with something that is no TLS. */
static void *no_tls(void *listening) {
    int listener = *(int *)listening, connection = accept(listener, NULL, NULL);
    CHECK(connection >= 0 && write(connection, "no TLS is spoken here\r\n", 23) == 23);
    close(connection);
    return NULL;
}

static void without_trust(void) {
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    pthread_t thread;
    char https[64];

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(listener >= 0 && bind(listener, (struct sockaddr *)&address, length) == 0);
    CHECK(listen(listener, 1) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
    CHECK(pthread_create(&thread, NULL, no_tls, &listener) == 0);
    snprintf(https, sizeof https, "https://127.0.0.1:%d", (int)ntohs(address.sin_port));
    once(LIENTHONG_ERROR_AXIS_UNTRUSTED, "axis.url", https);
    CHECK(pthread_join(thread, NULL) == 0);
    close(listener);
}

/* The error in a delivery of lienthong_client_send_path. */
static void note_delivery(char *json, const char *pointer, int32_t wanted) {
    char *number = member(json, pointer);
    if (number == NULL || strtol(number, NULL, 10) != wanted) {
        fprintf(stderr, "%s: wanted %d\n", json, (int)wanted);
        exit(1);
    }
    lienthong_string_free(number);
    note(wanted);
}

static void an_axis_with_faults(void) {
    static const int32_t COUNTS[] = {
        LIENTHONG_ERROR_AXIS_NO_ANSWER,     LIENTHONG_ERROR_AXIS_NOT_AN_ANSWER,
        LIENTHONG_ERROR_AXIS_REFUSED_PACKET, LIENTHONG_ERROR_AXIS_REFUSED_ORGAN,
        LIENTHONG_ERROR_AXIS_TRY_LATER,     LIENTHONG_ERROR_AXIS_UNKNOWN_REFUSAL,
    };
    static const char *const TO[] = {"H99.02"};
    static char names[120][16];
    const char *many[120];
    lienthong_error_t *error = NULL;
    lienthong_client_t *client = client_of(NULL, NULL);
    lienthong_document_t *document = document_of("1");
    /* More than the buffers between here and the axis hold. */
    size_t i, length = 16u << 20;
    uint8_t *data = calloc(length, 1);
    uint64_t count = 0;
    char *json = NULL;

    for (i = 0; i < sizeof COUNTS / sizeof COUNTS[0]; i++) {
        REACHES(COUNTS[i], lienthong_client_count(client, LIENTHONG_MESSAGE_EDOC, &count, &error));
    }
    CHECK(data != NULL);
    MUST(lienthong_document_attach_bytes(document, "b.pdf", data, length, NULL, NULL, &error));
    free(data);
    MUST(lienthong_document_to_path(document, path(folder, "long.edxml"), NULL, &error));
    lienthong_document_free(document);
    document = document_of("2");
    MUST(lienthong_document_to_path(document, path(folder, "short.edxml"), NULL, &error));
    lienthong_document_free(document);
    REACHES(LIENTHONG_ERROR_AXIS_INTERRUPTED,
            lienthong_client_send_path(client, path(folder, "long.edxml"), FIRST, TO, 1,
                                       LIENTHONG_MESSAGE_EDOC, &json, &error));
    MUST(lienthong_client_send_path(client, path(folder, "short.edxml"), FIRST, TO, 1,
                                    LIENTHONG_MESSAGE_EDOC, &json, &error));
    note_delivery(json, "/0/error/number", LIENTHONG_ERROR_AXIS_SENT_NO_ANSWER);
    lienthong_string_free(json);
    lienthong_client_free(client);

    /* More receivers than fit into one request: after a failure the rest is not tried. */
    client = client_of("axis.max_header", "1600");
    for (i = 0; i < 120; i++) {
        snprintf(names[i], sizeof names[i], "H98.%u", (unsigned)i);
        many[i] = names[i];
    }
    json = NULL;
    MUST(lienthong_client_send_path(client, path(folder, "short.edxml"), FIRST, many, 120,
                                    LIENTHONG_MESSAGE_EDOC, &json, &error));
    CHECK(is(json, "/0/outcome", "refused") && is(json, "/0/code", "20"));
    note_delivery(json, "/1/error/number", LIENTHONG_ERROR_AXIS_NOT_TRIED);
    lienthong_string_free(json);
    lienthong_client_free(client);

    once(LIENTHONG_ERROR_AXIS_UNREACHABLE, "axis.url", "http://127.0.0.1:1");
    once(LIENTHONG_ERROR_AXIS_CREDENTIALS, "axis.secret", "another");
    once(LIENTHONG_ERROR_AXIS_ANSWER_TOO_LARGE, "axis.max_rows", "1");
    without_trust();
    client = client_of(NULL, NULL);
    MUST(lienthong_client_close(client, &error));
    REACHES(LIENTHONG_ERROR_CLOSED, lienthong_client_agencies(client, &json, &error));
    lienthong_client_free(client);
}

/* The packet that came with this DocumentId, accepted; others that came before are accepted, too. */
static lienthong_incoming_t *accepted_one(lienthong_connector_t *receiver, const char *document_id) {
    lienthong_error_t *error = NULL;
    for (;;) {
        lienthong_incoming_t *incoming = shown(receiver);
        char *json = NULL;
        int there;
        accepted(receiver, incoming);
        MUST(lienthong_incoming_json(incoming, &json, &error));
        there = is(json, "/document/DocumentId", document_id);
        lienthong_string_free(json);
        if (there) {
            return incoming;
        }
        lienthong_incoming_free(incoming);
    }
}

static void a_store(void) {
    lienthong_error_t *error = NULL;
    lienthong_config_t *config = config_of(folder, url, "a");
    lienthong_connector_t *worker = NULL, *second = NULL, *receiver;
    lienthong_document_t *document = document_of("1");
    lienthong_incoming_t *incoming, *original;
    lienthong_packet_t *packet = NULL;
    char *id, *json = NULL, *name = NULL;
    FILE *file;
    pid_t child;
    int status = -1;

    MUST(lienthong_connector_open(config, &worker, &error));
    REACHES(LIENTHONG_ERROR_STORE_IN_USE, lienthong_connector_open(config, &second, &error));
    set(config, "connector.role", "client");
    MUST(lienthong_connector_open(config, &second, &error));
    REACHES(LIENTHONG_ERROR_NOT_FOR_CLIENT, lienthong_connector_receive_now(second, &error));
    lienthong_connector_free(second);
    REACHES(LIENTHONG_ERROR_NOT_FOUND, lienthong_connector_why(worker, "out-77", &json, &error));
    REACHES(LIENTHONG_ERROR_STATE_SECRET,
            lienthong_connector_send(worker, document, LIENTHONG_STATE_SECRET_CONTAINED, &json,
                                     &error));
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        _exit(lienthong_connector_stats(worker, &json, NULL));
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == LIENTHONG_ERROR_AFTER_FORK);
    note(WEXITSTATUS(status));

    receiver = opened(config_of(folder, url, "b"));
    id = sent(worker, document);
    document = document_of("1");
    MUST(lienthong_document_set(document, "Subject", "V/v khác", &error));
    REACHES(LIENTHONG_ERROR_DOCUMENT_ID_TAKEN,
            lienthong_connector_send(worker, document, LIENTHONG_STATE_SECRET_NOT_CONTAINED, &json,
                                     &error));
    REACHES(LIENTHONG_ERROR_NOT_OWN_ORGAN,
            lienthong_connector_send(receiver, document, LIENTHONG_STATE_SECRET_NOT_CONTAINED, &json,
                                     &error));
    lienthong_document_free(document);
    original = accepted_one(receiver, "H99.01-2026-1");
    REACHES(LIENTHONG_ERROR_LEASE_LOST,
            lienthong_connector_accept(receiver, lienthong_incoming_id(original),
                                       lienthong_incoming_lease(original), &error));
    REACHES(LIENTHONG_ERROR_STATUS_ILLEGAL,
            lienthong_connector_report(receiver, lienthong_incoming_id(original), 1, NULL, NULL,
                                       &name, &error));
    MUST(lienthong_connector_recall(worker, id, NULL, 0, "Ban hành nhầm", NULL, &json, &error));
    lienthong_string_free(json);
    json = NULL;
    incoming = shown(receiver);
    MUST(lienthong_connector_agree(receiver, lienthong_incoming_id(incoming), NULL, NULL, &name,
                                   &error));
    lienthong_string_free(name);
    lienthong_incoming_free(incoming);
    REACHES(LIENTHONG_ERROR_PAYLOAD_GONE,
            lienthong_connector_packet(receiver, lienthong_incoming_id(original), &packet, &error));
    lienthong_incoming_free(original);
    until(worker, id, "/outgoing/recipients/0/state", "recalled");
    REACHES(LIENTHONG_ERROR_DOCUMENT_FROZEN,
            lienthong_connector_recall(worker, id, NULL, 0, "Lần nữa", NULL, &json, &error));
    lienthong_connector_free(receiver);
    lienthong_connector_free(worker);
    lienthong_string_free(id);

    /* The store of a newer library: SQLite's user_version lies at byte 60. */
    file = fopen(path(folder, "a/store.db"), "r+b");
    CHECK(file != NULL && fseek(file, 60, SEEK_SET) == 0);
    CHECK(fwrite("\x00\x01\x00\x00", 1, 4, file) == 4 && fclose(file) == 0);
    REACHES(LIENTHONG_ERROR_STORE_NEWER, lienthong_connector_open(config, &second, &error));
    file = fopen(path(folder, "a/store.db"), "wb");
    CHECK(file != NULL && fputs("no database at all, but long enough to be read as one", file) >= 0);
    CHECK(fclose(file) == 0);
    REACHES(LIENTHONG_ERROR_STORE_FAILED, lienthong_connector_open(config, &second, &error));
    lienthong_config_free(config);
}

static void little_room(void) {
    lienthong_error_t *error = NULL;
    lienthong_config_t *config = config_of(folder, url, "a");
    lienthong_client_t *client = NULL;
    struct rlimit limit, before;
    int next = dup(0);

    CHECK(next > 0 && close(next) == 0 && getrlimit(RLIMIT_NOFILE, &limit) == 0);
    before = limit;
    limit.rlim_cur = (rlim_t)next;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    REACHES(LIENTHONG_ERROR_OUT_OF_RESOURCES, lienthong_client_open(config, &client, &error));
    CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
    lienthong_config_free(config);
}

int main(int argc, char **argv) {
    size_t i, j, missing = 0;

    folder = folder_of(argc, argv);
    url = argv[2];
    arguments_and_config();
    trust();
    key_files();
    signing();
    packets();
    an_axis_with_faults();
    a_store();
    little_room();
    for (i = 0; i < lienthong_code_count(); i++) {
        int32_t code = lienthong_code_at(i);
        const char *reason = NULL;
        for (j = 0; j < sizeof ELSEWHERE / sizeof ELSEWHERE[0]; j++) {
            if (ELSEWHERE[j].code == code) {
                reason = ELSEWHERE[j].reason;
            }
        }
        if ((reason != NULL) == (reached[code] != 0)) {
            fprintf(stderr, "%d %s: %s\n", (int)code, lienthong_code_name(code),
                    reason == NULL ? "neither reached nor listed" : "reached, and listed");
            missing++;
        }
    }
    CHECK(missing == 0);
    return all_is_freed();
}
