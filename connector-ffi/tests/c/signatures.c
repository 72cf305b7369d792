/* Signatures: packets signed and sealed with keys in files, judged here and by xmlsec1; altered ones,
 * unsigned ones, and what a connector signs and judges by itself. */
#include "keys.h"

static const char *folder;
static const char *url;

static lienthong_signer_t *signer_of(const char *key, const char *certificate,
                                     const char *password) {
    lienthong_error_t *error = NULL;
    lienthong_config_t *config = NULL;
    lienthong_signer_t *signer = NULL;
    char *shown_value = NULL;
    MUST(lienthong_config_new(&config, &error));
    set(config, "signature.key_file", path(folder, key));
    if (certificate != NULL) {
        set(config, "signature.certificate_file", path(folder, certificate));
    }
    if (password != NULL) {
        set(config, "signature.key_password", password);
        /* A secret cannot be read back. */
        MUST(lienthong_config_get(config, "signature.key_password", &shown_value, &error));
        CHECK(shown_value == NULL);
    }
    MUST(lienthong_signer_from_config(config, &signer, &error));
    lienthong_config_free(config);
    return signer;
}

static void signed_by_files(const lienthong_verifier_t *verifier) {
    lienthong_error_t *error = NULL;
    lienthong_signer_t *signer = signer_of("curve.key", "curve.pem", NULL);
    lienthong_packet_t *packet = unsigned_packet("1"), *other = NULL;
    uint64_t length = 0;
    char *report = NULL;

    judged(packet, verifier, 0, "absent", "absent", "unproven", 0);
    MUST(lienthong_packet_sign_to_path(packet, signer, LIENTHONG_SIGN_PACKET, 0,
                                       path(folder, "one.edxml"), &length, &error));
    CHECK(length > 2000);
    /* What is there is left alone. */
    FAILS(LIENTHONG_ERROR_IO,
          lienthong_packet_sign_to_path(packet, signer, LIENTHONG_SIGN_PACKET, 0,
                                        path(folder, "one.edxml"), NULL, &error));
    lienthong_signer_free(signer);
    lienthong_packet_free(packet);

    MUST(lienthong_packet_from_path(NULL, path(folder, "one.edxml"), &packet, &error));
    judged(packet, verifier, 0, "valid", "absent", "proven", 1);
    CHECK(xmlsec1_takes(folder, "one.edxml"));
    MUST(lienthong_packet_verify(packet, verifier, 0, &report, NULL, &error));
    CHECK(is(report, "/packet_signature/algorithm", "ecdsa-sha256"));
    CHECK(is(report, "/packet_signature/signer/subject", "CN=Signer curve"));
    lienthong_string_free(report);

    /* By a key of the other kind, and for a time when the certificate will have ended. */
    signer = signer_of("rsa.key", "rsa.pem", NULL);
    FAILS(LIENTHONG_ERROR_ALREADY_SIGNED,
          lienthong_packet_sign_to_path(packet, signer, LIENTHONG_SIGN_PACKET, 0,
                                        path(folder, "twice.edxml"), NULL, &error));
    CHECK(fopen(path(folder, "twice.edxml"), "rb") == NULL);
    lienthong_packet_free(packet);
    packet = unsigned_packet("2");
    MUST(lienthong_packet_sign_to_path(packet, signer, LIENTHONG_SIGN_PACKET, 0,
                                       path(folder, "two.edxml"), NULL, &error));
    MUST(lienthong_packet_from_path(NULL, path(folder, "two.edxml"), &other, &error));
    judged(other, verifier, 0, "valid", "absent", "proven", 1);
    judged(other, verifier, 4102444800000, "expired", "absent", "unproven", 0);
    CHECK(xmlsec1_takes(folder, "two.edxml"));
    lienthong_packet_free(other);
    lienthong_packet_free(packet);
    lienthong_signer_free(signer);
}

/* A seal and a signature with its time, by a key in PKCS#12, in memory; then one letter changes. */
static void sealed_and_altered(const lienthong_verifier_t *verifier) {
    lienthong_error_t *error = NULL;
    lienthong_signer_t *signer = signer_of("curve.p12", NULL, "made-up");
    lienthong_packet_t *packet = unsigned_packet("3"), *both = NULL;
    lienthong_verifier_t *nobody = NULL;
    uint8_t *data = NULL, *found;
    size_t length = 0;
    char *report = NULL;

    MUST(lienthong_packet_sign_to_bytes(packet, signer, LIENTHONG_SIGN_BOTH, 1772582400000, &data,
                                        &length, &error));
    lienthong_packet_free(packet);
    MUST(lienthong_packet_from_bytes(NULL, data, length, &both, &error));
    CHECK(lienthong_packet_attachment_count(both) == 2);
    judged(both, verifier, 0, "valid", "valid", "proven", 1);
    MUST(lienthong_packet_verify(both, verifier, 0, &report, NULL, &error));
    CHECK(is(report, "/packet_signature/time", "2026-03-04T00:00:00Z"));
    lienthong_string_free(report);
    written(path(folder, "both.edxml"), data, length);
    CHECK(xmlsec1_takes(folder, "both.edxml"));

    /* Whom nobody trusts. */
    MUST(lienthong_verifier_new(NULL, &nobody, &error));
    judged(both, nobody, 0, "untrusted", "untrusted", "unproven", 1);
    lienthong_verifier_free(nobody);
    lienthong_packet_free(both);

    for (found = data; memcmp(found, "V/v", 3) != 0; found++) {
    }
    *found = 'W';
    MUST(lienthong_packet_from_bytes(NULL, data, length, &packet, &error));
    judged(packet, verifier, 0, "invalid", "invalid", "refuted", 0);
    lienthong_packet_free(packet);
    written(path(folder, "altered.edxml"), data, length);
    CHECK(!xmlsec1_takes(folder, "altered.edxml"));
    lienthong_bytes_free(data, length);

    /* A seal alone. */
    data = NULL;
    packet = unsigned_packet("4");
    MUST(lienthong_packet_sign_to_bytes(packet, signer, LIENTHONG_SIGN_SEAL, 0, &data, &length,
                                        &error));
    lienthong_packet_free(packet);
    MUST(lienthong_packet_from_bytes(NULL, data, length, &packet, &error));
    judged(packet, verifier, 0, "absent", "valid", "proven", 1);
    lienthong_packet_free(packet);
    lienthong_bytes_free(data, length);
    lienthong_signer_free(signer);
}

static void wrong_arguments(const lienthong_verifier_t *verifier) {
    lienthong_error_t *error = NULL;
    lienthong_signer_t *signer = signer_of("curve.key", "curve.pem", NULL);
    lienthong_packet_t *packet = unsigned_packet("5");
    uint8_t *data = NULL;
    size_t length = 0;
    char *report = NULL;

    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_packet_verify(packet, verifier, -1, &report, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_packet_sign_to_bytes(packet, signer, 4, 0, &data, &length, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_packet_sign_to_bytes(packet, signer, LIENTHONG_SIGN_PACKET, INT64_MIN, &data,
                                         &length, &error));
    lienthong_signer_free(signer);
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_packet_sign_to_bytes(packet, signer, LIENTHONG_SIGN_PACKET, 0, &data, &length,
                                         &error));
    CHECK(report == NULL && data == NULL);
    lienthong_packet_free(packet);
}

/* What a connector is told to seal arrives with its report, and can be judged again. The axis rebuilds
 * packets: the signature over the packet does not live through that, the seal does. */
static void by_connectors(const lienthong_verifier_t *verifier) {
    lienthong_error_t *error = NULL;
    lienthong_config_t *config = config_of(folder, url, "a");
    lienthong_connector_t *sender, *receiver;
    lienthong_incoming_t *incoming;
    lienthong_packet_t *packet = NULL;
    char *json = NULL, *id;

    set(config, "signature.key_file", path(folder, "curve.p12"));
    set(config, "signature.key_password", "made-up");
    set(config, "signature.sign", "true");
    set(config, "signature.seal_for", "all");
    sender = opened(config);
    config = config_of(folder, url, "b");
    set(config, "signature.trust", path(folder, "trust"));
    set(config, "signature.policy", "require-seal");
    receiver = opened(config);
    id = sent(sender, document_of("6"));
    incoming = shown(receiver);
    MUST(lienthong_incoming_json(incoming, &json, &error));
    CHECK(is(json, "/signatures/seal/verdict", "valid"));
    CHECK(is(json, "/signatures/packet_signature/verdict", "placeholder"));
    CHECK(is(json, "/signatures/authenticity", "proven"));
    lienthong_string_free(json);
    MUST(lienthong_incoming_packet(incoming, &packet, &error));
    judged(packet, verifier, 0, "placeholder", "valid", "proven", 1);
    lienthong_packet_free(packet);
    accepted(receiver, incoming);
    lienthong_incoming_free(incoming);
    lienthong_string_free(id);
    lienthong_connector_free(sender);
    lienthong_connector_free(receiver);
}

int main(int argc, char **argv) {
    lienthong_verifier_t *verifier;
    folder = folder_of(argc, argv);
    url = argv[2];
    made_keys(folder);
    verifier = strict_verifier(folder);
    signed_by_files(verifier);
    sealed_and_altered(verifier);
    wrong_arguments(verifier);
    by_connectors(verifier);
    lienthong_verifier_free(verifier);
    return all_is_freed();
}
