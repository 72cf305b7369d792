/* The signer callback: an independent library (libcrypto) signs, we verify, and so does xmlsec1. It is
 * called on the calling thread, from several threads at once, and dropped once; its failures fail the
 * call and nothing else. */
#include "keys.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <pthread.h>

#define THREADS 8

static const char *folder;
static const char *url;

/* What the callback gets. */
struct key {
    EVP_PKEY *key;
    int is_curve;
    pthread_t thread;
    int on_other_threads;
    pthread_barrier_t *all_inside;
    /* 0, or what to do wrong. */
    int wrong;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    int calls;
    int dropped;
};

static void key_of(struct key *key, const char *name) {
    FILE *file = fopen(path(folder, name), "rb");
    memset(key, 0, sizeof *key);
    CHECK(file != NULL);
    key->key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
    CHECK(key->key != NULL && fclose(file) == 0);
    key->is_curve = EVP_PKEY_is_a(key->key, "EC");
    key->thread = pthread_self();
    CHECK(pthread_mutex_init(&key->lock, NULL) == 0 && pthread_cond_init(&key->changed, NULL) == 0);
}

/* r and s side by side, of the DER that libcrypto gives. */
static size_t side_by_side(const uint8_t *der, size_t length, uint8_t *signature) {
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)length);
    CHECK(pair != NULL);
    CHECK(BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, 32) == 32);
    CHECK(BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + 32, 32) == 32);
    ECDSA_SIG_free(pair);
    return 64;
}

static int32_t signs(void *user_data, const uint8_t *message, size_t length, uint8_t *signature,
                     size_t capacity, size_t *written) {
    struct key *key = user_data;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    uint8_t value[1024];
    size_t count = sizeof value;

    pthread_mutex_lock(&key->lock);
    key->calls++;
    key->on_other_threads += !pthread_equal(key->thread, pthread_self());
    pthread_mutex_unlock(&key->lock);
    if (key->all_inside != NULL) {
        /* Goes on when all threads are here at once. */
        pthread_barrier_wait(key->all_inside);
    }
    CHECK(context != NULL && capacity >= 256);
    CHECK(length > 100 && memcmp(message, "<SignedInfo", 11) == 0);
    CHECK(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key->key) == 1);
    CHECK(EVP_DigestSign(context, value, &count, message, length) == 1);
    EVP_MD_CTX_free(context);
    if (key->is_curve) {
        *written = side_by_side(value, count, signature);
    } else {
        memcpy(signature, value, count);
        *written = count;
    }
    switch (key->wrong) {
    case 1:
        return 7;
    case 2:
        *written = capacity + 1;
        return 0;
    case 3:
        signature[5] ^= 1;
        return 0;
    case 4:
        *written = 0;
        return 0;
    default:
        return 0;
    }
}

static void drops(void *user_data) {
    struct key *key = user_data;
    pthread_mutex_lock(&key->lock);
    key->dropped++;
    pthread_cond_signal(&key->changed);
    pthread_mutex_unlock(&key->lock);
}

static int dropped(struct key *key) {
    int count;
    pthread_mutex_lock(&key->lock);
    count = key->dropped;
    pthread_mutex_unlock(&key->lock);
    return count;
}

static void end(struct key *key) {
    EVP_PKEY_free(key->key);
    pthread_mutex_destroy(&key->lock);
    pthread_cond_destroy(&key->changed);
}

static size_t contents(const char *name, uint8_t *place, size_t capacity) {
    FILE *file = fopen(path(folder, name), "rb");
    size_t length;
    CHECK(file != NULL);
    length = fread(place, 1, capacity, file);
    CHECK(length > 0 && length < capacity && fclose(file) == 0);
    return length;
}

static lienthong_signer_t *signer_of(struct key *key, const char *name, const char *algorithm) {
    lienthong_error_t *error = NULL;
    lienthong_signer_t *signer = NULL;
    uint8_t certificate[4096];
    size_t length = contents(name, certificate, sizeof certificate);
    MUST(lienthong_signer_from_callback(algorithm, certificate, length, signs, key, drops, &signer,
                                        &error));
    return signer;
}

/* Signed by libcrypto, with a key of either kind. */
static void another_library_signs(const lienthong_verifier_t *verifier) {
    static const char *const KINDS[][4] = {
        {"curve.key", "curve.der", "ecdsa-sha256", "curve.edxml"},
        {"rsa.key", "rsa.der", "rsa-sha256", "rsa.edxml"},
    };
    lienthong_error_t *error = NULL;
    size_t i;
    for (i = 0; i < 2; i++) {
        struct key key;
        lienthong_signer_t *signer;
        lienthong_packet_t *packet = unsigned_packet("1"), *both = NULL;
        key_of(&key, KINDS[i][0]);
        signer = signer_of(&key, KINDS[i][1], KINDS[i][2]);
        MUST(lienthong_packet_sign_to_path(packet, signer, LIENTHONG_SIGN_BOTH, 0,
                                           path(folder, KINDS[i][3]), NULL, &error));
        CHECK(key.calls == 2 && key.on_other_threads == 0);
        MUST(lienthong_packet_from_path(NULL, path(folder, KINDS[i][3]), &both, &error));
        judged(both, verifier, 0, "valid", "valid", "proven", 1);
        CHECK(xmlsec1_takes(folder, KINDS[i][3]));
        CHECK(dropped(&key) == 0);
        lienthong_signer_free(signer);
        lienthong_signer_free(signer);
        CHECK(dropped(&key) == 1);
        lienthong_packet_free(packet);
        lienthong_packet_free(both);
        end(&key);
    }
}

static void failures(void) {
    lienthong_error_t *error = NULL;
    lienthong_packet_t *packet = unsigned_packet("2");
    struct key key;
    lienthong_signer_t *signer, *none = NULL;
    uint8_t *data = NULL, certificate[4096];
    size_t length = 0;
    int i;

    key_of(&key, "curve.key");
    signer = signer_of(&key, "curve.der", "ecdsa-sha256");
    key.wrong = 1;
    CHECK(lienthong_packet_sign_to_bytes(packet, signer, LIENTHONG_SIGN_PACKET, 0, &data, &length,
                                         &error) == LIENTHONG_ERROR_SIGNING_FAILED);
    CHECK(strcmp(lienthong_error_context(error, "cause"), "the callback gave 7") == 0);
    lienthong_error_free(error);
    error = NULL;
    for (key.wrong = 2; key.wrong <= 4; key.wrong++) {
        FAILS(key.wrong == 2 ? LIENTHONG_ERROR_SIGNING_FAILED : LIENTHONG_ERROR_SIGNER_UNFIT,
              lienthong_packet_sign_to_bytes(packet, signer, LIENTHONG_SIGN_PACKET, 0, &data,
                                             &length, &error));
    }
    key.wrong = 1;
    FAILS(LIENTHONG_ERROR_SIGNING_FAILED,
          lienthong_packet_sign_to_path(packet, signer, LIENTHONG_SIGN_BOTH, 0,
                                        path(folder, "none.edxml"), NULL, &error));
    CHECK(fopen(path(folder, "none.edxml"), "rb") == NULL && data == NULL);
    key.wrong = 0;
    MUST(lienthong_packet_sign_to_bytes(packet, signer, LIENTHONG_SIGN_PACKET, 0, &data, &length,
                                        &error));
    lienthong_bytes_free(data, length);
    lienthong_signer_free(signer);
    CHECK(dropped(&key) == 1);

    /* Where none is made, user_data is given back, too. */
    length = contents("curve.der", certificate, sizeof certificate);
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_signer_from_callback("hmac-sha1", certificate, length, signs, &key, drops,
                                         &none, &error));
    FAILS(LIENTHONG_ERROR_SIGNER_UNFIT,
          lienthong_signer_from_callback("rsa-sha256", certificate, length, signs, &key, drops,
                                         &none, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_signer_from_callback("ecdsa-sha256", certificate, length - 1, signs, &key,
                                         drops, &none, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_signer_from_callback("ecdsa-sha256", NULL, 0, signs, &key, drops, &none,
                                         &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_signer_from_callback("ecdsa-sha256", certificate, length, NULL, &key, drops,
                                         &none, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_signer_from_callback("ecdsa-sha256", certificate, length, signs, &key, drops,
                                         NULL, &error));
    CHECK(none == NULL && dropped(&key) == 7);
    for (i = 0; i < 2; i++) {
        /* Without a drop, and with two certificates. */
        size_t both = length + contents("rsa.der", certificate + length, 2048);
        MUST(lienthong_signer_from_callback("ecdsa-sha256", certificate, both, signs, &key, NULL,
                                            &none, &error));
        lienthong_signer_free(none);
    }
    CHECK(dropped(&key) == 7);
    lienthong_packet_free(packet);
    end(&key);
}

struct worker {
    pthread_t thread;
    lienthong_signer_t *signer;
    const lienthong_verifier_t *verifier;
};

static void *works(void *user_data) {
    struct worker *worker = user_data;
    lienthong_error_t *error = NULL;
    lienthong_packet_t *packet = unsigned_packet("3");
    int i;
    for (i = 0; i < 10; i++) {
        lienthong_packet_t *signed_packet = NULL;
        uint8_t *data = NULL;
        size_t length = 0;
        MUST(lienthong_packet_sign_to_bytes(packet, worker->signer, LIENTHONG_SIGN_PACKET, 0, &data,
                                            &length, &error));
        MUST(lienthong_packet_from_bytes(NULL, data, length, &signed_packet, &error));
        judged(signed_packet, worker->verifier, 0, "valid", "absent", "proven", 1);
        lienthong_packet_free(signed_packet);
        lienthong_bytes_free(data, length);
    }
    lienthong_packet_free(packet);
    return NULL;
}

/* Each call of the callback waits for those of all other threads. */
static void many_threads_sign_at_once(const lienthong_verifier_t *verifier) {
    struct worker workers[THREADS];
    pthread_barrier_t barrier;
    struct key key;
    lienthong_signer_t *signer;
    int i;

    key_of(&key, "curve.key");
    signer = signer_of(&key, "curve.der", "ecdsa-sha256");
    CHECK(pthread_barrier_init(&barrier, NULL, THREADS) == 0);
    key.all_inside = &barrier;
    for (i = 0; i < THREADS; i++) {
        workers[i].signer = signer;
        workers[i].verifier = verifier;
        CHECK(pthread_create(&workers[i].thread, NULL, works, &workers[i]) == 0);
    }
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_join(workers[i].thread, NULL) == 0);
    }
    CHECK(key.calls == THREADS * 10);
    lienthong_signer_free(signer);
    CHECK(dropped(&key) == 1);
    pthread_barrier_destroy(&barrier);
    end(&key);
}

/* A connector keeps its signer; what it cannot sign it does not store. */
static void a_connector_signs(void) {
    lienthong_error_t *error = NULL;
    lienthong_config_t *config = config_of(folder, url, "a");
    lienthong_connector_t *sender = NULL, *receiver;
    lienthong_document_t *document = document_of("4");
    lienthong_incoming_t *incoming;
    lienthong_signer_t *signer;
    struct key key;
    char *json = NULL, *id;

    key_of(&key, "curve.key");
    set(config, "signature.seal_for", "all");
    FAILS(LIENTHONG_ERROR_CONFIG_MISSING,
          lienthong_connector_open_signing(config, NULL, &sender, &error));
    signer = signer_of(&key, "curve.der", "ecdsa-sha256");
    MUST(lienthong_connector_open_signing(config, signer, &sender, &error));
    lienthong_config_free(config);
    lienthong_signer_free(signer);
    CHECK(dropped(&key) == 0);

    key.wrong = 1;
    FAILS(LIENTHONG_ERROR_SIGNING_FAILED,
          lienthong_connector_send(sender, document, LIENTHONG_STATE_SECRET_NOT_CONTAINED, &json,
                                   &error));
    MUST(lienthong_connector_find_sent(sender, FIRST, "H99.01-2026-4", &json, &error));
    CHECK(strcmp(json, "[]") == 0);
    lienthong_string_free(json);
    json = NULL;

    key.wrong = 0;
    config = config_of(folder, url, "b");
    set(config, "signature.trust", path(folder, "trust"));
    set(config, "signature.policy", "strict");
    receiver = opened(config);
    id = sent(sender, document);
    CHECK(key.on_other_threads == 0);
    incoming = shown(receiver);
    MUST(lienthong_incoming_json(incoming, &json, &error));
    CHECK(is(json, "/signatures/seal/verdict", "valid"));
    CHECK(is(json, "/signatures/authenticity", "proven"));
    lienthong_string_free(json);
    accepted(receiver, incoming);
    lienthong_incoming_free(incoming);
    lienthong_string_free(id);
    lienthong_connector_free(receiver);
    lienthong_connector_free(sender);

    /* The last thread of the connector may end a moment later. */
    pthread_mutex_lock(&key.lock);
    while (key.dropped == 0) {
        CHECK(pthread_cond_wait(&key.changed, &key.lock) == 0);
    }
    CHECK(key.dropped == 1);
    pthread_mutex_unlock(&key.lock);
    end(&key);
}

int main(int argc, char **argv) {
    lienthong_verifier_t *verifier;
    folder = folder_of(argc, argv);
    url = argv[2];
    made_keys(folder);
    verifier = strict_verifier(folder);
    another_library_signs(verifier);
    failures();
    many_threads_sign_at_once(verifier);
    a_connector_signs();
    lienthong_verifier_free(verifier);
    return all_is_freed();
}
