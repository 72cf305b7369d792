/* Made-up keys for one test, made by the openssl program; and xmlsec1, which has nothing of ours, as
 * the other opinion on a signature. */
#ifndef KEYS_H
#define KEYS_H

#include "check.h"

#include <stdarg.h>
#include <sys/stat.h>

/* Runs a command of the shell in a folder; gives whether it ended well. What it says is in log.txt. */
static inline int runs(const char *folder, const char *format, ...) {
    static char line[4096];
    int start = snprintf(line, sizeof line, "exec >>'%s/log.txt' 2>&1; cd '%s' && ", folder, folder);
    va_list words;
    va_start(words, format);
    vsnprintf(line + start, sizeof line - (size_t)start, format, words);
    va_end(words);
    return system(line) == 0;
}

static const char OPENSSL_CONFIG[] = "[req]\n"
                                     "distinguished_name = name\n"
                                     "[name]\n"
                                     "[anchor]\n"
                                     "basicConstraints = critical,CA:TRUE\n"
                                     "keyUsage = critical,keyCertSign,cRLSign\n"
                                     "subjectKeyIdentifier = hash\n"
                                     "[signer]\n"
                                     "basicConstraints = CA:FALSE\n"
                                     "keyUsage = critical,digitalSignature\n";

/* NAME.key, and for it NAME.pem and NAME.der by the anchor. */
static inline void made_key(const char *folder, const char *name, const char *how) {
    CHECK(runs(folder, "openssl genpkey %s -out %s.key", how, name));
    CHECK(runs(folder, "openssl req -new -config keys.conf -subj '/CN=Signer %s' -key %s.key "
                       "-out %s.csr",
               name, name, name));
    CHECK(runs(folder, "openssl x509 -req -in %s.csr -CA trust/anchor.pem -CAkey anchor.key "
                       "-CAcreateserial -days 2 -extfile keys.conf -extensions signer -out %s.pem",
               name, name));
    CHECK(runs(folder, "openssl x509 -in %s.pem -outform DER -out %s.der", name, name));
}

/* trust/anchor.pem; curve (P-256) and rsa (2048 bits), each as .key, .pem and .der; and curve.p12 with
 * the password "made-up". */
static inline void made_keys(const char *folder) {
    FILE *file = fopen(path(folder, "keys.conf"), "wb");
    CHECK(file != NULL && fputs(OPENSSL_CONFIG, file) >= 0 && fclose(file) == 0);
    CHECK(mkdir(path(folder, "trust"), 0700) == 0);
    CHECK(runs(folder, "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 "
                       "-out anchor.key"));
    CHECK(runs(folder, "openssl req -x509 -new -config keys.conf -extensions anchor "
                       "-subj '/CN=Made-up anchor' -days 2 -key anchor.key -out trust/anchor.pem"));
    made_key(folder, "curve", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256");
    made_key(folder, "rsa", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048");
    CHECK(runs(folder, "openssl pkcs12 -export -inkey curve.key -in curve.pem "
                       "-passout pass:made-up -out curve.p12"));
}

/* Whether xmlsec1 takes the signature of the packet in a file below the folder. */
static inline int xmlsec1_takes(const char *folder, const char *name) {
    return runs(folder, "xmlsec1 --verify --enabled-key-data x509 --id-attr:Id "
                        "http://uri.etsi.org/01903/v1.3.2#:SignedProperties "
                        "--trusted-pem trust/anchor.pem %s",
                name);
}

static inline void written(const char *place, const uint8_t *data, size_t length) {
    FILE *file = fopen(place, "wb");
    CHECK(file != NULL && fwrite(data, 1, length, file) == length && fclose(file) == 0);
}

/* A packet that nobody signed. */
static inline lienthong_packet_t *unsigned_packet(const char *number) {
    lienthong_error_t *error = NULL;
    lienthong_document_t *document = document_of(number);
    lienthong_packet_t *packet = NULL;
    uint8_t *data = NULL;
    size_t length = 0;
    MUST(lienthong_document_to_bytes(document, &data, &length, &error));
    lienthong_document_free(document);
    MUST(lienthong_packet_from_bytes(NULL, data, length, &packet, &error));
    lienthong_bytes_free(data, length);
    return packet;
}

/* A verifier that trusts the anchor and asks for everything. */
static inline lienthong_verifier_t *strict_verifier(const char *folder) {
    lienthong_error_t *error = NULL;
    lienthong_config_t *config = NULL;
    lienthong_verifier_t *verifier = NULL;
    MUST(lienthong_config_new(&config, &error));
    set(config, "signature.trust", path(folder, "trust"));
    set(config, "signature.policy", "strict");
    MUST(lienthong_verifier_new(config, &verifier, &error));
    lienthong_config_free(config);
    return verifier;
}

/* Ends the test where the report on a packet has other words. */
static inline void judged(const lienthong_packet_t *packet, const lienthong_verifier_t *verifier,
                          int64_t at, const char *packet_signature, const char *seal,
                          const char *authenticity, int wanted_met) {
    lienthong_error_t *error = NULL;
    char *report = NULL;
    int32_t met = -1;
    MUST(lienthong_packet_verify(packet, verifier, at, &report, &met, &error));
    if (!is(report, "/packet_signature/verdict", packet_signature) ||
        !is(report, "/seal/verdict", seal) || !is(report, "/authenticity", authenticity) ||
        met != wanted_met) {
        fprintf(stderr, "wanted %s, %s, %s, %d: %d %s\n", packet_signature, seal, authenticity,
                wanted_met, (int)met, report);
        exit(1);
    }
    lienthong_string_free(report);
}

#endif
