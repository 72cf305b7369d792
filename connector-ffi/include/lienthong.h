/* lienthong: packets of Vietnam's national document axis.
 *
 * Generated from connector-ffi/src by `cargo xtask generate`: change the source, not this file.
 * SPDX-License-Identifier: Apache-2.0
 */

#ifndef LIENTHONG_H
#define LIENTHONG_H

#include <stddef.h>
#include <stdint.h>

// Success.
#define LIENTHONG_OK 0

// A document with its attachments.
#define LIENTHONG_MESSAGE_EDOC 1

// A status.
#define LIENTHONG_MESSAGE_STATUS 2

// The packet is being taken over; it stays in the queue.
#define LIENTHONG_ACKNOWLEDGE_PROCESSING 1

// The packet is kept; it leaves the queue.
#define LIENTHONG_ACKNOWLEDGE_DONE 2

// The packet cannot be taken; it leaves the queue (assumed).
#define LIENTHONG_ACKNOWLEDGE_FAIL 3

// invalid-argument: An argument is not acceptable. Correct the call.
#define LIENTHONG_ERROR_INVALID_ARGUMENT 1

// config-unknown-key: There is no such configuration key. See the configuration reference.
#define LIENTHONG_ERROR_CONFIG_UNKNOWN_KEY 2

// config-invalid-value: The value of a configuration key is out of its range or form. See the
// configuration reference.
#define LIENTHONG_ERROR_CONFIG_INVALID_VALUE 3

// io: A file or stream could not be read or written. Check the path, the rights and the free
// space.
#define LIENTHONG_ERROR_IO 4

// packet-unreadable: The packet cannot be read; the finding says why. Its bytes are untouched.
// Ask the sender for it again.
#define LIENTHONG_ERROR_PACKET_UNREADABLE 5

// packet-impossible: The packet would not arrive as it is; the findings say what to correct.
#define LIENTHONG_ERROR_PACKET_IMPOSSIBLE 6

// attachment-length: An attachment's source gave another number of bytes than was stated. Open
// the file anew and build the packet again.
#define LIENTHONG_ERROR_ATTACHMENT_LENGTH 7

// attachment-unreadable: The attachment's data in the packet cannot be decoded. Ask the sender
// for it again.
#define LIENTHONG_ERROR_ATTACHMENT_UNREADABLE 8

// attachment-too-large: An attachment that has to be wrapped in a ZIP is larger than a ZIP can
// hold (4 GiB).
#define LIENTHONG_ERROR_ATTACHMENT_TOO_LARGE 9

// config-missing: A configuration key that is needed here has no value. Set it.
#define LIENTHONG_ERROR_CONFIG_MISSING 20

// axis-plaintext: The connection to the axis must be encrypted (Decision 28/2018, art. 13).
// Use https, or set axis.allow_plaintext where the network itself is encrypted.
#define LIENTHONG_ERROR_AXIS_PLAINTEXT 21

// axis-unreachable: No connection to the axis; nothing was sent. Check address, network and
// axis, then try again.
#define LIENTHONG_ERROR_AXIS_UNREACHABLE 22

// axis-untrusted: No encrypted connection could be agreed with the axis; nothing was sent.
// Check its certificate, axis.ca_file and the client certificate.
#define LIENTHONG_ERROR_AXIS_UNTRUSTED 23

// axis-interrupted: The connection ended before the packet was sent whole, so the axis cannot
// have it. Try again.
#define LIENTHONG_ERROR_AXIS_INTERRUPTED 24

// axis-no-answer: The axis gave no whole answer. The call may be repeated without harm.
#define LIENTHONG_ERROR_AXIS_NO_ANSWER 25

// axis-sent-no-answer: The packet was sent, but no valid answer came: the axis may have it or
// not. Send the same bytes again; the receiver may see them twice.
#define LIENTHONG_ERROR_AXIS_SENT_NO_ANSWER 26

// axis-not-an-answer: What came back is not an answer of this axis. Check what stands between
// here and the axis, then try again.
#define LIENTHONG_ERROR_AXIS_NOT_AN_ANSWER 27

// axis-answer-too-large: The answer of the axis passes a limit. Raise the configuration key
// that is named, if such answers are expected.
#define LIENTHONG_ERROR_AXIS_ANSWER_TOO_LARGE 28

// axis-refused-packet: The axis refuses the packet. Correct it and send it as a new one.
#define LIENTHONG_ERROR_AXIS_REFUSED_PACKET 29

// axis-refused-organ: The axis does not know or has locked an organ. Compare the directory.
#define LIENTHONG_ERROR_AXIS_REFUSED_ORGAN 30

// axis-credentials: The axis refuses system id or secret. Check axis.system_id and
// axis.secret.
#define LIENTHONG_ERROR_AXIS_CREDENTIALS 31

// axis-try-later: The axis reports a fault of its own. Try again later, within limits.
#define LIENTHONG_ERROR_AXIS_TRY_LATER 32

// axis-unknown-refusal: The axis refuses with a code that is not known here. Ask its operator
// what it means; trying again does no harm.
#define LIENTHONG_ERROR_AXIS_UNKNOWN_REFUSAL 33

// axis-not-tried: Nothing was sent to these recipients, because an earlier part of the same
// sending failed. Try again when its reason is gone.
#define LIENTHONG_ERROR_AXIS_NOT_TRIED 34

// packet-changed: The packet's bytes changed while it was being sent; it was not sent whole.
// Keep the file untouched and send it again.
#define LIENTHONG_ERROR_PACKET_CHANGED 35

// closed: The handle is closed. Open a new one.
#define LIENTHONG_ERROR_CLOSED 36

// after-fork: A connector was open when this process was forked. Open connectors after the
// fork only, or start a new program.
#define LIENTHONG_ERROR_AFTER_FORK 37

// out-of-resources: The system gave no thread or no event queue. Check its limits.
#define LIENTHONG_ERROR_OUT_OF_RESOURCES 38

// store-in-use: Another worker holds this store. Only one may: open as client
// (connector.role), or stop the other.
#define LIENTHONG_ERROR_STORE_IN_USE 40

// store-on-network: The store lies on a network file system, whose locks and syncs cannot be
// trusted. Put store.path on a local disk.
#define LIENTHONG_ERROR_STORE_ON_NETWORK 41

// store-newer: The store was written by a newer version of this library. Use that version or
// newer.
#define LIENTHONG_ERROR_STORE_NEWER 42

// store-full: The disk of the store is full; nothing was stored. Free space, then try again.
#define LIENTHONG_ERROR_STORE_FULL 43

// store-failed: The store could not be read or written; nothing was changed. Check disk and
// rights of store.path.
#define LIENTHONG_ERROR_STORE_FAILED 44

// internal: The library contradicts itself: a fault of its own. Report it.
#define LIENTHONG_ERROR_INTERNAL 45

// state-secret: Documents with state secrets must not be sent this way (Decision 28/2018, art.
// 1.2); nothing was stored.
#define LIENTHONG_ERROR_STATE_SECRET 46

// document-id-taken: A document with this id and type but another content was sent already;
// nothing was stored. Give the new one an id of its own.
#define LIENTHONG_ERROR_DOCUMENT_ID_TAKEN 47

// not-found: There is no such packet in this store.
#define LIENTHONG_ERROR_NOT_FOUND 48

// lease-lost: This hand-off is over: it was decided, or shown again after its lease. Poll
// again.
#define LIENTHONG_ERROR_LEASE_LOST 49

// status-illegal: This status does not follow from where the document stands; nothing was
// sent. See the table of transitions.
#define LIENTHONG_ERROR_STATUS_ILLEGAL 50

// document-frozen: The document was recalled: nothing may be done with it any more.
#define LIENTHONG_ERROR_DOCUMENT_FROZEN 51

// payload-gone: The packet's bytes are not kept any more: purged by age, or destroyed after a
// recall.
#define LIENTHONG_ERROR_PAYLOAD_GONE 52

// not-own-organ: The organ is not one of this connector's own. Check connector.organs.
#define LIENTHONG_ERROR_NOT_OWN_ORGAN 53

// not-for-client: Only the worker of a store can do this. Call it in the worker's process.
#define LIENTHONG_ERROR_NOT_FOR_CLIENT 54

// already-signed: The document carries an XML signature already, which a second one would break;
// nothing was signed.
#define LIENTHONG_ERROR_ALREADY_SIGNED 60

// not-signable: The document cannot be signed as it is; the cause says why.
#define LIENTHONG_ERROR_NOT_SIGNABLE 61

// signer-unfit: Key, certificate and algorithm of the signer do not belong together; nothing was
// signed. Check the key and its certificate.
#define LIENTHONG_ERROR_SIGNER_UNFIT 62

// key-unreadable: The key file holds no key that can be used; the reason says why. Give PEM,
// PKCS#8 or PKCS#12.
#define LIENTHONG_ERROR_KEY_UNREADABLE 70

// key-password: The password of the key file is missing or wrong, or the file is damaged.
#define LIENTHONG_ERROR_KEY_PASSWORD 71

// key-unsuitable: The key cannot sign: RSA with 2048 to 4096 bits, P-256 and P-384 can, with an
// algorithm of their own kind.
#define LIENTHONG_ERROR_KEY_UNSUITABLE 72

// key-certificate: No readable certificate belongs to the key. Give the certificate file of this
// very key.
#define LIENTHONG_ERROR_KEY_CERTIFICATE 73

// signing-failed: The key made no signature; nothing was sent. Try again, then check the key.
#define LIENTHONG_ERROR_SIGNING_FAILED 74

// trust-unreadable: A file in the trust folder is not what its name says. Correct or remove it.
#define LIENTHONG_ERROR_TRUST_UNREADABLE 75

// organs-unreadable: The file that maps certificates to organs has a line that cannot be read.
// Correct it.
#define LIENTHONG_ERROR_ORGANS_UNREADABLE 76

// English.
#define LIENTHONG_ENGLISH 1

// Vietnamese, with diacritics.
#define LIENTHONG_VIETNAMESE 2

// It will fail again until something is changed.
#define LIENTHONG_RETRY_NEVER 1

// It may be tried again without harm.
#define LIENTHONG_RETRY_SAFE 2

// It may be tried again, but what was sent may arrive twice.
#define LIENTHONG_RETRY_MAY_DUPLICATE 3

// The one who sends the packet, or the program that builds it.
#define LIENTHONG_ACTS_SENDER 1

// The one who receives the packet.
#define LIENTHONG_ACTS_RECEIVER 2

// The operator of this installation.
#define LIENTHONG_ACTS_OPERATOR 3

// The developer who calls this library.
#define LIENTHONG_ACTS_DEVELOPER 4

// The authority that issues certificates.
#define LIENTHONG_ACTS_CERTIFICATE_AUTHORITY 5

// For `lienthong_document_act_on`: takes an earlier document back.
#define LIENTHONG_ACTION_RECALL 1

// For `lienthong_document_act_on`: changes an earlier document.
#define LIENTHONG_ACTION_UPDATE 2

// For `lienthong_document_act_on`: stands in the place of an earlier document.
#define LIENTHONG_ACTION_REPLACE 3

// What went wrong and needs somebody.
#define LIENTHONG_LOG_ERROR 1

// What somebody should look at.
#define LIENTHONG_LOG_WARNING 2

// What happened.
#define LIENTHONG_LOG_INFO 3

// What helps to find a fault.
#define LIENTHONG_LOG_DEBUG 4

// Everything.
#define LIENTHONG_LOG_TRACE 5

// Neither document nor status, or unreadable.
#define LIENTHONG_KIND_UNKNOWN 0

// A document.
#define LIENTHONG_KIND_DOCUMENT 1

// A status.
#define LIENTHONG_KIND_STATUS 2

// Nothing was found.
#define LIENTHONG_SEVERITY_NONE 0

// An oddity; nothing is lost by it.
#define LIENTHONG_SEVERITY_NOTE 1

// It would surprise a receiver.
#define LIENTHONG_SEVERITY_WARNING 2

// A working axis would refuse it, a rebuild would lose it, or it cannot be read.
#define LIENTHONG_SEVERITY_ERROR 3

// The document holds no state secrets.
#define LIENTHONG_STATE_SECRET_NOT_CONTAINED 1

// The document holds state secrets: it is refused with state-secret (Decision 28/2018, art. 1.2).
#define LIENTHONG_STATE_SECRET_CONTAINED 2

// A signature (XMLDSig) over the whole packet, which a hop that rebuilds packets breaks.
#define LIENTHONG_SIGN_PACKET 1

// A seal (niêm phong): an attachment that vouches for header and files through such a hop.
#define LIENTHONG_SIGN_SEAL 2

// A seal, and a signature over the packet with the seal in it.
#define LIENTHONG_SIGN_BOTH 3

// The binary interface this header describes. It grows by one whenever a program compiled
// against an older header could break; additions leave it as it is.
#define LIENTHONG_ABI_VERSION 1

// A client of an axis, without a store: each call goes out at once, and nothing is repeated.
//
// Made with `lienthong_client_open`, freed with `lienthong_client_free`. Used by any number of
// threads at once. A connector (`lienthong_connector_t`) does all of this durably; this is for
// programs that have queues of their own.
//
// Calls end by axis.connect_timeout, axis.idle_timeout and axis.total_timeout. Common failures:
// axis-unreachable, axis-untrusted, axis-no-answer, axis-not-an-answer, axis-answer-too-large,
// axis-refused-packet, axis-refused-organ, axis-credentials, axis-try-later,
// axis-unknown-refusal, closed, after-fork. A list that failed is never an empty one.
typedef struct lienthong_client_t lienthong_client_t;

// Values for the keys of the configuration, and where the log goes.
//
// Made with `lienthong_config_new`, freed with `lienthong_config_free`. For one thread at a
// time. What is opened with it takes a copy.
typedef struct lienthong_config_t lienthong_config_t;

// A durable connector to an axis: sends, receives and reports, across crashes and outages.
//
// Made with `lienthong_connector_open`, freed with `lienthong_connector_free`. One for a whole
// server, used by any number of threads at once.
typedef struct lienthong_connector_t lienthong_connector_t;

// A document to be sent: the elements of its header, and its files.
//
// Made with `lienthong_document_new` or `lienthong_document_from_json`, freed with
// `lienthong_document_free`. For one thread at a time. It can be checked, written and sent any
// number of times, and changed in between. That trims its texts and fills in what a reader would
// assume (SteeringType and BussinessDocType 0), which it shows from then on.
typedef struct lienthong_document_t lienthong_document_t;

// An error: what, why, and what to do next.
//
// Made by a call that fails, owned by the caller, freed with `lienthong_error_free`. It does
// not change; any number of threads may read it.
typedef struct lienthong_error_t lienthong_error_t;

// A packet that came, shown to the host under a lease (handoff.lease).
//
// Made by `lienthong_connector_poll`, freed with `lienthong_incoming_free`, which decides nothing:
// until it is accepted or refused it is shown again after the lease. It does not change; any
// number of threads may read it.
typedef struct lienthong_incoming_t lienthong_incoming_t;

// A packet that was read: its header, findings, and the way to its bytes.
//
// Made by `lienthong_packet_from_...`, `lienthong_incoming_packet` and `lienthong_connector_packet`,
// freed with `lienthong_packet_free`. It does not change; any number of threads may use it.
typedef struct lienthong_packet_t lienthong_packet_t;

// Who signs.
//
// Made with `lienthong_signer_from_config` or `lienthong_signer_from_callback`, freed with
// `lienthong_signer_free`. Any number of threads may use it.
typedef struct lienthong_signer_t lienthong_signer_t;

// Judges the signatures of packets by the keys signature.... of a config: trusted certificates, map
// of organs, revocation, policy. Trust folder and map are read again when they change.
//
// Made with `lienthong_verifier_new`, freed with `lienthong_verifier_free`. One for a whole server,
// used by any number of threads at once: it keeps the revocation data it has fetched.
typedef struct lienthong_verifier_t lienthong_verifier_t;

// Fills at most `capacity` bytes at `buffer`; gives how many, 0 at the end, a negative number to
// fail.
//
// Called during the call it is passed to, on the calling thread. It must not throw.
typedef int64_t (*lienthong_read_fn)(void *user_data, uint8_t *buffer, size_t capacity);

// Takes a line of the log: its level (LIENTHONG_LOG_...), where in the library it was written,
// and its text in UTF-8. Both texts are good during the call only.
//
// Called from several threads at once. It must not throw, and must not close or free its
// connector.
typedef void (*lienthong_log_fn)(void *user_data,
                                 int32_t level,
                                 const char *target,
                                 const char *message);

// Is told, once, that `user_data` is needed no more.
typedef void (*lienthong_drop_fn)(void *user_data);

// Takes `length` bytes at `data`, which are good during the call only; gives 0, or another number
// to stop.
//
// Called during the call it is passed to, on the calling thread. It must not throw.
typedef int32_t (*lienthong_write_fn)(void *user_data, const uint8_t *data, size_t length);

// Signs a message: the canonical form of a SignedInfo, some kilobytes, never the packet. Its digest
// is this function's work. Writes at most `capacity` bytes (1024) to `signature` and their number to
// `*written`; gives 0, or another number to fail.
//
// RSA: as many bytes as the modulus. ECDSA: r and s side by side, 32 bytes each for ecdsa-sha256, 48
// for ecdsa-sha384, not DER. Called on the thread of the call that signs, so from several threads at
// once. It must not throw.
typedef int32_t (*lienthong_sign_fn)(void *user_data,
                                     const uint8_t *message,
                                     size_t length,
                                     uint8_t *signature,
                                     size_t capacity,
                                     size_t *written);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Attaches a file on disk. It is read when the document is written or sent, and must stay as it
// is until then.
//
// `name`, `description` and `content_id` may be NULL: the name is that of the path then, and the
// id is made. Fails with io where there is no such file.
int32_t lienthong_document_attach_path(struct lienthong_document_t *document,
                                       const char *path,
                                       const char *name,
                                       const char *description,
                                       const char *content_id,
                                       struct lienthong_error_t **error);

// Attaches bytes in memory, which are copied.
//
// `description` and `content_id` may be NULL.
int32_t lienthong_document_attach_bytes(struct lienthong_document_t *document,
                                        const char *name,
                                        const uint8_t *data,
                                        size_t length,
                                        const char *description,
                                        const char *content_id,
                                        struct lienthong_error_t **error);

// Attaches what a callback gives. It is read to its end at once, on this thread; what is longer
// than 1 MiB lies in an unnamed temporary file until the document is freed.
//
// `description` and `content_id` may be NULL. Fails with io where the callback fails.
int32_t lienthong_document_attach_callback(struct lienthong_document_t *document,
                                           const char *name,
                                           lienthong_read_fn read,
                                           void *user_data,
                                           const char *description,
                                           const char *content_id,
                                           struct lienthong_error_t **error);

// Opens a client by the keys axis.... No connection is made yet.
//
// `*client` belongs to the caller; `config` may be freed. Fails with config-missing,
// config-invalid-value, axis-plaintext, io, out-of-resources.
int32_t lienthong_client_open(const struct lienthong_config_t *config,
                              struct lienthong_client_t **client,
                              struct lienthong_error_t **error);

// Closes a client at once: calls under way in other threads end with closed, or, where a packet was
// handed over already, with axis-sent-no-answer. The handle is still to be freed.
int32_t lienthong_client_close(struct lienthong_client_t *client, struct lienthong_error_t **error);

// Closes and frees a client. NULL, and one that was freed already, are left alone.
void lienthong_client_free(struct lienthong_client_t *client);

// Sends the packet in a file (/sendEdoc), from an organ to organs; `(NULL, 0)` leaves the
// receivers to the packet.
//
// Gives what became of it for each group of receivers, as a JSON list: to, outcome (accepted,
// refused, no-answer, not-sent), doc_id, code, description, error. `*json` is freed with
// `lienthong_string_free`. A failure means that nothing was sent to anyone.
int32_t lienthong_client_send_path(const struct lienthong_client_t *client,
                                   const char *path,
                                   const char *from,
                                   const char *const *to,
                                   size_t count,
                                   int32_t message_type,
                                   char **json,
                                   struct lienthong_error_t **error);

// Gives the packets that wait (/getReceivedEdocList), as a JSON list. `message_type` is
// LIENTHONG_MESSAGE_....
//
// `*json` is freed with `lienthong_string_free`.
int32_t lienthong_client_list_received(const struct lienthong_client_t *client,
                                       int32_t message_type,
                                       char **json,
                                       struct lienthong_error_t **error);

// Gives what became of a packet that was sent, or (NULL) of all (/getSentEdocList), as a JSON list.
//
// `*json` is freed with `lienthong_string_free`.
int32_t lienthong_client_list_sent(const struct lienthong_client_t *client,
                                   int32_t message_type,
                                   const char *doc_id,
                                   char **json,
                                   struct lienthong_error_t **error);

// Fetches a packet (/getEdoc) into a new file; one that is there already is left alone (io).
//
// Gives its length in bytes; `length` may be NULL. After a failure there is no file.
int32_t lienthong_client_get_to_path(const struct lienthong_client_t *client,
                                     const char *doc_id,
                                     const char *path,
                                     uint64_t *length,
                                     struct lienthong_error_t **error);

// Fetches a packet as it is (/downloadEdoc) into a new file.
//
// As `lienthong_client_get_to_path`.
int32_t lienthong_client_download_to_path(const struct lienthong_client_t *client,
                                          const char *doc_id,
                                          const char *path,
                                          uint64_t *length,
                                          struct lienthong_error_t **error);

// Acknowledges a packet that was fetched (/updateStatus): LIENTHONG_ACKNOWLEDGE_.... Acknowledge
// DONE only when the packet is kept safely.
int32_t lienthong_client_acknowledge(const struct lienthong_client_t *client,
                                     const char *doc_id,
                                     int32_t acknowledgement,
                                     struct lienthong_error_t **error);

// Gives how many documents or statuses wait (/countReceiveEdoc, /countReceiveStatus).
int32_t lienthong_client_count(const struct lienthong_client_t *client,
                               int32_t message_type,
                               uint64_t *count,
                               struct lienthong_error_t **error);

// Gives the axis's directory of agencies (/getAgenciesList), as a JSON list.
//
// `*json` is freed with `lienthong_string_free`.
int32_t lienthong_client_agencies(const struct lienthong_client_t *client,
                                  char **json,
                                  struct lienthong_error_t **error);

// Gives the agencies of a level with their codes of Decision 20/2020 (/getAgenciesListQD20), as a
// JSON list.
//
// `*json` is freed with `lienthong_string_free`.
int32_t lienthong_client_agencies_qd20(const struct lienthong_client_t *client,
                                       uint32_t level,
                                       char **json,
                                       struct lienthong_error_t **error);

// Gives the units of the directory with their changes (/getSynchronizeUnit), as a JSON list, which
// may have a hundred thousand rows.
//
// `*json` is freed with `lienthong_string_free`.
int32_t lienthong_client_synchronize_units(const struct lienthong_client_t *client,
                                           char **json,
                                           struct lienthong_error_t **error);

// Registers an agency with the axis (/registerAgency), given as JSON: id, parent_code, code, name,
// mail, mobile, fax.
int32_t lienthong_client_register_agency(const struct lienthong_client_t *client,
                                         const char *agency,
                                         struct lienthong_error_t **error);

// Takes an agency off the axis (/deleteAgency).
int32_t lienthong_client_delete_agency(const struct lienthong_client_t *client,
                                       const char *code,
                                       struct lienthong_error_t **error);

// How many error codes this library has. For `lienthong_code_at`.
//
// Any thread. Never fails.
size_t lienthong_code_count(void);

// The error code of a place, from 0, in the order of the numbers; 0 beyond the last.
//
// Any thread.
int32_t lienthong_code_at(size_t index);

// The stable name of a code, e.g. "store-full"; "ok" for LIENTHONG_OK, NULL for no code.
//
// Good for ever, never freed. Any thread.
const char *lienthong_code_name(int32_t code);

// What a code means and what to do next, in LIENTHONG_ENGLISH or LIENTHONG_VIETNAMESE;
// NULL for no code.
//
// Good for ever, never freed. Any thread.
const char *lienthong_code_message(int32_t code, int32_t language);

// Whether what failed with a code may be tried again: LIENTHONG_RETRY_...; 0 for no code.
//
// Any thread.
int32_t lienthong_code_retry(int32_t code);

// Who has to act after a code: LIENTHONG_ACTS_...; 0 for no code.
//
// Any thread.
int32_t lienthong_code_who_acts(int32_t code);

// Makes a config with every key at its default.
//
// `*config` belongs to the caller. Any thread.
int32_t lienthong_config_new(struct lienthong_config_t **config, struct lienthong_error_t **error);

// Frees a config. NULL, and one that was freed already, are left alone.
//
// Its log lives on as long as what was opened with it. Any thread.
void lienthong_config_free(struct lienthong_config_t *config);

// Sets one key, e.g. "axis.url". Keys and values stand in docs/config.md.
//
// Fails with config-unknown-key, config-invalid-value; then nothing is changed.
int32_t lienthong_config_set(struct lienthong_config_t *config,
                             const char *key,
                             const char *value,
                             struct lienthong_error_t **error);

// Gives the value of a key, its default where none was set; NULL for a secret.
//
// `*value` is freed with `lienthong_string_free`. Fails with config-unknown-key.
int32_t lienthong_config_get(const struct lienthong_config_t *config,
                             const char *key,
                             char **value,
                             struct lienthong_error_t **error);

// Takes every value of a file: TOML, or the incumbent SDK's file where its name ends in
// ".properties". What was set before and stands there too is set anew.
//
// Fails with io, config-unknown-key, config-invalid-value; then nothing is changed.
int32_t lienthong_config_load_file(struct lienthong_config_t *config,
                                   const char *path,
                                   struct lienthong_error_t **error);

// Takes every variable LIENTHONG_... of the environment: LIENTHONG_AXIS_URL is axis.url.
//
// The environment must not be changed by another thread meanwhile. Fails with
// config-unknown-key, config-invalid-value; then nothing is changed.
int32_t lienthong_config_load_environment(struct lienthong_config_t *config,
                                          struct lienthong_error_t **error);

// Lets what is opened with this config log to a callback, up to a level (LIENTHONG_LOG_...).
//
// `log` is called on any thread, also several at once, with `user_data`. When nobody needs it
// any more (config freed, everything opened with it freed), `drop`, which may be NULL, is
// called once with `user_data`; also where this call fails. A second call replaces the log for
// what is opened later.
int32_t lienthong_config_set_log(struct lienthong_config_t *config,
                                 int32_t level,
                                 lienthong_log_fn log,
                                 void *user_data,
                                 lienthong_drop_fn drop,
                                 struct lienthong_error_t **error);

// Gives the table of keys as JSON: name, kind, default, meaning in English and Vietnamese,
// and where they apply min, max, unit, words.
//
// `*json` is freed with `lienthong_string_free`. Any thread.
int32_t lienthong_config_keys(char **json, struct lienthong_error_t **error);

// Opens the store and, as worker (connector.role), starts the exchange with the axis, which need
// not be there.
//
// `*connector` belongs to the caller; `config` may be freed. Fails with config-missing,
// config-invalid-value, store-in-use, store-on-network, store-newer, store-failed,
// axis-plaintext, io, out-of-resources; and for the keys signature...., key-unreadable, key-password,
// key-unsuitable, key-certificate, trust-unreadable, organs-unreadable.
int32_t lienthong_connector_open(const struct lienthong_config_t *config,
                                 struct lienthong_connector_t **connector,
                                 struct lienthong_error_t **error);

// As `lienthong_connector_open`, with who signs what signature.sign and signature.seal_for ask for,
// in place of a key file. NULL is none: the key file is, where one is configured.
//
// The connector keeps the signer; `signer` may be freed.
int32_t lienthong_connector_open_signing(const struct lienthong_config_t *config,
                                         const struct lienthong_signer_t *signer,
                                         struct lienthong_connector_t **connector,
                                         struct lienthong_error_t **error);

// Ends the exchange and closes the store, within `timeout` milliseconds (5000 are enough). Calls
// that wait in other threads end with closed; what was under way goes on after the next opening.
//
// Gives 1 in `in_time` where all threads of the connector ended, 0 where some end later by
// themselves; `in_time` may be NULL. Closing twice is fine. The handle is still to be freed.
int32_t lienthong_connector_close(struct lienthong_connector_t *connector,
                                  int64_t timeout,
                                  int32_t *in_time,
                                  struct lienthong_error_t **error);

// Closes the connector, where that was not done, and frees it. NULL, and one that was freed
// already, are left alone.
//
// Waits at most five seconds. Packets and incomings that came from it can still be read.
void lienthong_connector_free(struct lienthong_connector_t *connector);

// Has the axis asked at once for what waits, not at the next interval (receive.interval).
//
// Fails with not-for-client in a client.
int32_t lienthong_connector_receive_now(struct lienthong_connector_t *connector,
                                        struct lienthong_error_t **error);

// Copies the store, while it is at work, into a new folder.
//
// Fails with invalid-argument where the folder is there already.
int32_t lienthong_connector_backup(struct lienthong_connector_t *connector,
                                   const char *folder,
                                   struct lienthong_error_t **error);

// Looks at configuration, store, disk, clock, axis and queues; gives the checks as a JSON list:
// name, health (good, warning, bad, unknown), en, vi.
//
// `*json` is freed with `lienthong_string_free`. A worker asks the axis, which may take as long as
// its time-outs. That something is bad is no failure of this call.
int32_t lienthong_connector_doctor(struct lienthong_connector_t *connector,
                                   char **json,
                                   struct lienthong_error_t **error);

// Makes an empty document. `config` gives which files travel as they are and the limits of the
// check (keys packet....); NULL is all defaults.
//
// `*document` belongs to the caller. Any thread.
int32_t lienthong_document_new(const struct lienthong_config_t *config,
                               struct lienthong_document_t **document,
                               struct lienthong_error_t **error);

// Makes a document from JSON: the value of `document` in docs/packet.schema.json, without
// AttachmentEncoded, whose files are attached by calls.
//
// `*document` belongs to the caller. Fails with invalid-argument, which names line and column and
// no value. Any thread.
int32_t lienthong_document_from_json(const struct lienthong_config_t *config,
                                     const char *json,
                                     struct lienthong_document_t **document,
                                     struct lienthong_error_t **error);

// Frees a document. NULL, and one that was freed already, are left alone.
//
// What was sent of it stays sent. Any thread.
void lienthong_document_free(struct lienthong_document_t *document);

// Sets an element by its path, e.g. "Subject" or "To[2]/OrganId"; NULL or an empty text takes it
// away. Dates are yyyy/MM/dd or yyyy-MM-dd.
//
// Fails with invalid-argument where there is no such element, or the text is no value of it.
int32_t lienthong_document_set(struct lienthong_document_t *document,
                               const char *element,
                               const char *value,
                               struct lienthong_error_t **error);

// Gives the text of an element; NULL where it is absent.
//
// `*value` is freed with `lienthong_string_free`. Fails with invalid-argument where there is no
// such element.
int32_t lienthong_document_get(const struct lienthong_document_t *document,
                               const char *element,
                               char **value,
                               struct lienthong_error_t **error);

// Makes the document act on an earlier one of the same organ: LIENTHONG_ACTION_RECALL, _UPDATE or
// _REPLACE, with the earlier one's DocumentId and the reason (NULL for none). Call it when the
// receivers are set: a replacement names them.
int32_t lienthong_document_act_on(struct lienthong_document_t *document,
                                  int32_t action,
                                  const char *document_id,
                                  const char *reason,
                                  struct lienthong_error_t **error);

// Gives the header as JSON (`Document` of docs/packet.schema.json), as it stands.
//
// `*json` is freed with `lienthong_string_free`.
int32_t lienthong_document_json(const struct lienthong_document_t *document,
                                char **json,
                                struct lienthong_error_t **error);

// Gives what a check finds of the document, as a JSON list; it may be sent where none has the
// severity "error". That errors are found is no failure of this call.
//
// `*findings` is freed with `lienthong_string_free`. Fails with io where a file is missing.
int32_t lienthong_document_check(const struct lienthong_document_t *document,
                                 char **findings,
                                 struct lienthong_error_t **error);

// Writes the packet into a new file; one that is there already is left alone (io).
//
// Gives its length in bytes; `length` may be NULL. Fails with packet-impossible and its findings,
// io, attachment-length, attachment-too-large; then there is no file.
int32_t lienthong_document_to_path(const struct lienthong_document_t *document,
                                   const char *path,
                                   uint64_t *length,
                                   struct lienthong_error_t **error);

// Gives the packet's bytes, all at once.
//
// `*data` is freed with `lienthong_bytes_free`. Fails as `lienthong_document_to_path`.
int32_t lienthong_document_to_bytes(const struct lienthong_document_t *document,
                                    uint8_t **data,
                                    size_t *length,
                                    struct lienthong_error_t **error);

// Hands the packet's bytes to a callback, in pieces, on this thread, when it is whole.
//
// Gives its length in bytes; `length` may be NULL. Fails as `lienthong_document_to_path`.
int32_t lienthong_document_to_callback(const struct lienthong_document_t *document,
                                       lienthong_write_fn write,
                                       void *user_data,
                                       uint64_t *length,
                                       struct lienthong_error_t **error);

// Gives the bytes of a status packet made from JSON: the value of `status` in
// docs/packet.schema.json. A connector makes its statuses itself (`lienthong_connector_report`).
//
// `*data` is freed with `lienthong_bytes_free`. `config` may be NULL. Fails with
// packet-impossible and its findings. Any thread.
int32_t lienthong_status_to_bytes(const struct lienthong_config_t *config,
                                  const char *json,
                                  uint8_t **data,
                                  size_t *length,
                                  struct lienthong_error_t **error);

// Frees an error. NULL, and one that was freed already, are left alone.
//
// Texts that were asked of it end with it. Any thread.
void lienthong_error_free(struct lienthong_error_t *error);

// Its code, LIENTHONG_ERROR_...; 0 for NULL.
//
// Any thread.
int32_t lienthong_error_code(const struct lienthong_error_t *error);

// The stable name of its code, e.g. "config-unknown-key"; NULL for NULL.
//
// Good until the error is freed. Any thread.
const char *lienthong_error_name(const struct lienthong_error_t *error);

// The whole message: what is wrong and what to do next, with context and findings, in
// LIENTHONG_ENGLISH or LIENTHONG_VIETNAMESE; NULL for NULL.
//
// UTF-8, may have several lines. It names ids, organs, codes and keys, never a subject or a
// person. Good until the error is freed. Any thread.
const char *lienthong_error_message(const struct lienthong_error_t *error, int32_t language);

// Whether the same may be tried again: LIENTHONG_RETRY_...; 0 for NULL.
//
// Any thread.
int32_t lienthong_error_retry(const struct lienthong_error_t *error);

// Who has to act: LIENTHONG_ACTS_...; 0 for NULL.
//
// Any thread.
int32_t lienthong_error_who_acts(const struct lienthong_error_t *error);

// What was being done, e.g. "connector.send"; NULL for NULL.
//
// Good until the error is freed. Any thread.
const char *lienthong_error_operation(const struct lienthong_error_t *error);

// The code of the far side (the axis), as it wrote it; NULL where it has none.
//
// Good until the error is freed. Any thread.
const char *lienthong_error_remote_code(const struct lienthong_error_t *error);

// How many pairs of names and values place the error; 0 for NULL.
//
// Any thread.
size_t lienthong_error_context_count(const struct lienthong_error_t *error);

// The name of a pair, from 0; NULL beyond the last.
//
// Good until the error is freed. Any thread.
const char *lienthong_error_context_name(const struct lienthong_error_t *error, size_t index);

// The value of a pair, from 0; NULL beyond the last.
//
// Good until the error is freed. Any thread.
const char *lienthong_error_context_value(const struct lienthong_error_t *error, size_t index);

// The value of the pair with this name, e.g. "key"; NULL where there is none.
//
// Good until the error is freed. Any thread.
const char *lienthong_error_context(const struct lienthong_error_t *error, const char *name);

// The findings behind the error, as a JSON list ("[]" where there are none); NULL for NULL.
//
// Good until the error is freed. Any thread.
const char *lienthong_error_findings(const struct lienthong_error_t *error);

// All of it as JSON; NULL for NULL.
//
// Good until the error is freed. Any thread.
const char *lienthong_error_json(const struct lienthong_error_t *error);

// Waits at most `timeout` milliseconds for a packet and takes it under a lease. `*incoming` is NULL
// where none came in time, which is no failure and says nothing of the axis.
//
// `*incoming` belongs to the caller. Fails with closed, after-fork, store-failed.
int32_t lienthong_connector_poll(struct lienthong_connector_t *connector,
                                 int64_t timeout,
                                 struct lienthong_incoming_t **incoming,
                                 struct lienthong_error_t **error);

// Accepts what was shown, by its id and lease: it is not shown again. Also from another process.
//
// Fails with lease-lost where it was decided, or shown again meanwhile.
int32_t lienthong_connector_accept(struct lienthong_connector_t *connector,
                                   const char *incoming,
                                   int64_t lease,
                                   struct lienthong_error_t **error);

// Refuses what was shown; its sender gets 02 with the reason. `staff` (JSON) may be NULL.
//
// Fails with lease-lost, packet-impossible without a reason, status-illegal for an action, which is
// agreed to or declined.
int32_t lienthong_connector_refuse(struct lienthong_connector_t *connector,
                                   const char *incoming,
                                   int64_t lease,
                                   const char *reason,
                                   const char *staff,
                                   struct lienthong_error_t **error);

// Gives back what was shown: it is shown again after `pause` milliseconds, at the latest after the
// length of a lease.
//
// Fails with lease-lost.
int32_t lienthong_connector_give_back(struct lienthong_connector_t *connector,
                                      const char *incoming,
                                      int64_t lease,
                                      int64_t pause,
                                      struct lienthong_error_t **error);

// Frees an incoming. NULL, and one that was freed already, are left alone.
//
// Decides nothing. Any thread.
void lienthong_incoming_free(struct lienthong_incoming_t *incoming);

// Its id, e.g. "in-1"; NULL for NULL.
//
// Good until the incoming is freed. Any thread.
const char *lienthong_incoming_id(const struct lienthong_incoming_t *incoming);

// Its lease, to accept, refuse or give back by; 0 for NULL. Any number, also a negative one.
//
// Any thread.
int64_t lienthong_incoming_lease(const struct lienthong_incoming_t *incoming);

// Our organ that it is for; NULL for NULL.
//
// Good until the incoming is freed. Any thread.
const char *lienthong_incoming_own_organ(const struct lienthong_incoming_t *incoming);

// Its sender as the packet names it; NULL for NULL.
//
// Good until the incoming is freed. Any thread.
const char *lienthong_incoming_from(const struct lienthong_incoming_t *incoming);

// How often it has been shown, this time included; 0 for NULL. Above 1 it is shown again.
//
// Any thread.
uint32_t lienthong_incoming_attempt(const struct lienthong_incoming_t *incoming);

// Whether it is a recall, update or replacement to agree to or decline: 1 or 0.
//
// Any thread.
int32_t lienthong_incoming_is_action(const struct lienthong_incoming_t *incoming);

// The id of the received document that it acts on, which is on hold; NULL where there is none.
//
// Good until the incoming is freed. Any thread.
const char *lienthong_incoming_acts_on(const struct lienthong_incoming_t *incoming);

// The id of our document that it answers; NULL where there is none.
//
// Good until the incoming is freed. Any thread.
const char *lienthong_incoming_answers(const struct lienthong_incoming_t *incoming);

// Whether another one with the same sender, id and type and with another content is there: 1 or 0.
//
// Any thread.
int32_t lienthong_incoming_conflict(const struct lienthong_incoming_t *incoming);

// Gives all of it as JSON: the item of docs/dms.md.
//
// `*json` is freed with `lienthong_string_free`. It holds what people wrote: not for logs.
int32_t lienthong_incoming_json(const struct lienthong_incoming_t *incoming,
                                char **json,
                                struct lienthong_error_t **error);

// Gives the packet, to read its fields and attachments.
//
// `*packet` belongs to the caller and may outlive the incoming.
int32_t lienthong_incoming_packet(const struct lienthong_incoming_t *incoming,
                                  struct lienthong_packet_t **packet,
                                  struct lienthong_error_t **error);

// Frees a text that an out-parameter gave. NULL is left alone.
//
// Once, and never a text that a function returned. Any thread.
void lienthong_string_free(char *text);

// Frees bytes that an out-parameter gave, with the length that came with them. NULL is left alone.
//
// Once. Any thread.
void lienthong_bytes_free(uint8_t *data, size_t length);

// How many handles of this library are alive in this process. For tests that look for forgotten
// ones.
//
// Any thread.
size_t lienthong_live_handles(void);

// Gives what a JSON pointer (RFC 6901) leads to, e.g. "/recipients/0/state": a text as it is, any
// other value as JSON; NULL where there is nothing, or null.
//
// `*value` is freed with `lienthong_string_free`. Fails with invalid-argument where `json` is no
// JSON. Any thread.
int32_t lienthong_json_get(const char *json,
                           const char *pointer,
                           char **value,
                           struct lienthong_error_t **error);

// Gives the table of finding codes as JSON: code, severity, severity_when_sending, source, message
// (en, vi).
//
// `*json` is freed with `lienthong_string_free`. Any thread.
int32_t lienthong_finding_codes(char **json, struct lienthong_error_t **error);

// Reads the packet in a file, in constant memory. `config` gives the limits (keys packet....);
// NULL is all defaults.
//
// `*packet` belongs to the caller; the file must stay as it is as long as it is used. A packet
// that cannot be read is no failure: see `lienthong_packet_readable`. Fails with io. Any thread.
int32_t lienthong_packet_from_path(const struct lienthong_config_t *config,
                                   const char *path,
                                   struct lienthong_packet_t **packet,
                                   struct lienthong_error_t **error);

// Reads the packet in memory; its bytes are copied. `config` may be NULL.
//
// As `lienthong_packet_from_path`.
int32_t lienthong_packet_from_bytes(const struct lienthong_config_t *config,
                                    const uint8_t *data,
                                    size_t length,
                                    struct lienthong_packet_t **packet,
                                    struct lienthong_error_t **error);

// Reads the packet in memory without copying it: the bytes must stay where they are and as they are
// until the packet is freed and every call with it has ended. `config` may be NULL.
//
// As `lienthong_packet_from_path`.
int32_t lienthong_packet_from_bytes_borrowed(const struct lienthong_config_t *config,
                                             const uint8_t *data,
                                             size_t length,
                                             struct lienthong_packet_t **packet,
                                             struct lienthong_error_t **error);

// Frees a packet. NULL, and one that was freed already, are left alone.
//
// Files and stores are untouched. Any thread.
void lienthong_packet_free(struct lienthong_packet_t *packet);

// What stands in it: LIENTHONG_KIND_...; LIENTHONG_KIND_UNKNOWN for NULL, too.
//
// Any thread.
int32_t lienthong_packet_kind(const struct lienthong_packet_t *packet);

// Whether it could be read to its end: 1 or 0; 0 for NULL.
//
// Any thread.
int32_t lienthong_packet_readable(const struct lienthong_packet_t *packet);

// Gives the packet as JSON, a line of docs/packet.schema.json: header, attachments, findings of a
// check as received, meaning digest.
//
// `*json` is freed with `lienthong_string_free`. It holds what people wrote: not for logs.
int32_t lienthong_packet_json(const struct lienthong_packet_t *packet,
                              char **json,
                              struct lienthong_error_t **error);

// Gives the text of an element of the header by its path, e.g. "From/OrganId" or
// "To[2]/OrganName" (of a status: "ResponseFor/DocumentId"); NULL where it is absent.
//
// `*value` is freed with `lienthong_string_free`. Fails with invalid-argument where there is no
// such element.
int32_t lienthong_packet_element(const struct lienthong_packet_t *packet,
                                 const char *element,
                                 char **value,
                                 struct lienthong_error_t **error);

// Gives how many there are of an element or group, e.g. "To".
//
// Fails as `lienthong_packet_element`.
int32_t lienthong_packet_element_count(const struct lienthong_packet_t *packet,
                                       const char *element,
                                       size_t *count,
                                       struct lienthong_error_t **error);

// Gives what a check finds of the packet, as a JSON list: as one received, or (`sending` = 1) as
// one about to be sent; for the axis of a profile, "national" (NULL) or "provincial".
//
// `*findings` is freed with `lienthong_string_free`.
int32_t lienthong_packet_check(const struct lienthong_packet_t *packet,
                               int32_t sending,
                               const char *profile,
                               char **findings,
                               struct lienthong_error_t **error);

// Gives the worst severity that a check finds: LIENTHONG_SEVERITY_.... As
// `lienthong_packet_check`, without the words.
int32_t lienthong_packet_worst(const struct lienthong_packet_t *packet,
                               int32_t sending,
                               const char *profile,
                               int32_t *severity,
                               struct lienthong_error_t **error);

// Gives what differs in the header between a document as it was sent and as it came, as a JSON
// list of findings; what a rebuild is known to make up is a note.
//
// `*findings` is freed with `lienthong_string_free`. Fails with invalid-argument where one of them
// is no document.
int32_t lienthong_packet_compare(const struct lienthong_packet_t *sent,
                                 const struct lienthong_packet_t *came,
                                 char **findings,
                                 struct lienthong_error_t **error);

// Gives the meaning digest, 64 hexadecimal digits; NULL where the packet has none.
//
// `*digest` is freed with `lienthong_string_free`.
int32_t lienthong_packet_meaning_digest(const struct lienthong_packet_t *packet,
                                        char **digest,
                                        struct lienthong_error_t **error);

// Writes the packet's own bytes into a new file, as they are; one that is there is left alone (io).
//
// Gives its length in bytes; `length` may be NULL. Fails with payload-gone where a store has
// deleted them.
int32_t lienthong_packet_to_path(const struct lienthong_packet_t *packet,
                                 const char *path,
                                 uint64_t *length,
                                 struct lienthong_error_t **error);

// Hands the packet's own bytes to a callback, in pieces, on this thread.
//
// As `lienthong_packet_to_path`.
int32_t lienthong_packet_to_callback(const struct lienthong_packet_t *packet,
                                     lienthong_write_fn write,
                                     void *user_data,
                                     uint64_t *length,
                                     struct lienthong_error_t **error);

// How many attachments it has; 0 for NULL. They are numbered from 1.
//
// Any thread.
size_t lienthong_packet_attachment_count(const struct lienthong_packet_t *packet);

// Gives what is known of an attachment, as JSON: AttachmentName, Size, Sha256, DetectedType, ...
//
// `*json` is freed with `lienthong_string_free`. Its name is the sender's and no safe file name.
int32_t lienthong_packet_attachment(const struct lienthong_packet_t *packet,
                                    size_t number,
                                    char **json,
                                    struct lienthong_error_t **error);

// Writes an attachment into a new file: the file that was meant, a ZIP around it taken off. One
// that is there already is left alone (io).
//
// Gives its length in bytes; `length` may be NULL. Fails with attachment-unreadable (context:
// attachment, finding), packet-changed; then there is no file.
int32_t lienthong_packet_attachment_to_path(const struct lienthong_packet_t *packet,
                                            size_t number,
                                            const char *path,
                                            uint64_t *length,
                                            struct lienthong_error_t **error);

// Gives the bytes of an attachment, all at once.
//
// `*data` is freed with `lienthong_bytes_free`. Fails as `lienthong_packet_attachment_to_path`.
int32_t lienthong_packet_attachment_to_bytes(const struct lienthong_packet_t *packet,
                                             size_t number,
                                             uint8_t **data,
                                             size_t *length,
                                             struct lienthong_error_t **error);

// Hands the bytes of an attachment to a callback, in pieces, on this thread. They are good only
// where this succeeds.
//
// As `lienthong_packet_attachment_to_path`.
int32_t lienthong_packet_attachment_to_callback(const struct lienthong_packet_t *packet,
                                                size_t number,
                                                lienthong_write_fn write,
                                                void *user_data,
                                                uint64_t *length,
                                                struct lienthong_error_t **error);

// Writes every attachment into a folder, which is made where it is missing, under safe and unique
// names; no file is overwritten. `keep_raw` = 1 keeps a ZIP that travelled beside the file in it.
// One that cannot be decoded is left out.
//
// Gives the files as a JSON list: number, path, raw_path. `*files` is freed with
// `lienthong_string_free`.
int32_t lienthong_packet_extract(const struct lienthong_packet_t *packet,
                                 const char *folder,
                                 int32_t keep_raw,
                                 char **files,
                                 struct lienthong_error_t **error);

// Gives where a packet stands, why, and who has to act: `id` is out-... or in-....
//
// JSON: outgoing or incoming, and journal. `*json` is freed with `lienthong_string_free`. Fails with
// not-found.
int32_t lienthong_connector_why(const struct lienthong_connector_t *connector,
                                const char *id,
                                char **json,
                                struct lienthong_error_t **error);

// Gives everything that hangs together with a packet (out-... or in-...), by time, as a JSON list.
//
// `*json` is freed with `lienthong_string_free`. Fails with not-found.
int32_t lienthong_connector_thread(const struct lienthong_connector_t *connector,
                                   const char *id,
                                   char **json,
                                   struct lienthong_error_t **error);

// Gives the statuses that came about a packet of ours, in the order they came, as a JSON list.
//
// `*json` is freed with `lienthong_string_free`. Fails with not-found.
int32_t lienthong_connector_statuses(const struct lienthong_connector_t *connector,
                                     const char *outgoing,
                                     char **json,
                                     struct lienthong_error_t **error);

// Gives the ids of our packets with this organ and DocumentId, as a JSON list.
//
// `*json` is freed with `lienthong_string_free`.
int32_t lienthong_connector_find_sent(const struct lienthong_connector_t *connector,
                                      const char *from,
                                      const char *document_id,
                                      char **json,
                                      struct lienthong_error_t **error);

// Gives counters, the age of the oldest undelivered packet, who is silent, and when the axis last
// gave its list, as JSON.
//
// `*json` is freed with `lienthong_string_free`.
int32_t lienthong_connector_stats(const struct lienthong_connector_t *connector,
                                  char **json,
                                  struct lienthong_error_t **error);

// Waits at most `timeout` milliseconds for events that are not done and gives at most `limit`, the
// oldest first, as a JSON list ("[]" where none came). They come again until
// `lienthong_connector_events_done`.
//
// `*json` is freed with `lienthong_string_free`.
int32_t lienthong_connector_events(const struct lienthong_connector_t *connector,
                                   size_t limit,
                                   int64_t timeout,
                                   char **json,
                                   struct lienthong_error_t **error);

// Events up to this number (of the last event) are dealt with and do not come again.
int32_t lienthong_connector_events_done(struct lienthong_connector_t *connector,
                                        int64_t up_to,
                                        struct lienthong_error_t **error);

// Gives what is on its way to and from the axis at this moment, as a JSON list.
//
// `*json` is freed with `lienthong_string_free`. Fails with not-for-client in a client.
int32_t lienthong_connector_transfers(const struct lienthong_connector_t *connector,
                                      char **json,
                                      struct lienthong_error_t **error);

// Gives the packets that came and cannot be read, at most `limit`, the oldest first, as a JSON list.
//
// `*json` is freed with `lienthong_string_free`.
int32_t lienthong_connector_quarantine(const struct lienthong_connector_t *connector,
                                       size_t limit,
                                       char **json,
                                       struct lienthong_error_t **error);

// Has a packet in quarantine (arrival-...) read again, e.g. by a newer library.
//
// Fails with not-found where it is not in quarantine.
int32_t lienthong_connector_read_again(struct lienthong_connector_t *connector,
                                       const char *arrival,
                                       struct lienthong_error_t **error);

// Gives up a packet in quarantine (arrival-...). Its bytes are deleted.
//
// Fails with not-found where it is not in quarantine.
int32_t lienthong_connector_drop_quarantined(struct lienthong_connector_t *connector,
                                             const char *arrival,
                                             struct lienthong_error_t **error);

// Gives the packet with an id: out-..., in-..., or arrival-... for one in quarantine.
//
// `*packet` belongs to the caller. Fails with not-found, payload-gone.
int32_t lienthong_connector_packet(const struct lienthong_connector_t *connector,
                                   const char *id,
                                   struct lienthong_packet_t **packet,
                                   struct lienthong_error_t **error);

// Stores a document for sending. When this gives LIENTHONG_OK, it is on disk and will be delivered
// to each receiver, or `lienthong_connector_why` says why not. After an error nothing was stored.
//
// `state_secret` has to be stated: LIENTHONG_STATE_SECRET_.... Gives JSON: outgoing (the id),
// again (whether the same document had been stored before; then nothing was added), findings.
// `*json` is freed with `lienthong_string_free`. Fails with state-secret, packet-impossible,
// document-id-taken, document-frozen, not-own-organ, io, store-full, store-failed, closed.
int32_t lienthong_connector_send(struct lienthong_connector_t *connector,
                                 const struct lienthong_document_t *document,
                                 int32_t state_secret,
                                 char **json,
                                 struct lienthong_error_t **error);

// Stores a packet that is built already, byte for byte, from a file. It must be a document.
//
// As `lienthong_connector_send`.
int32_t lienthong_connector_send_packet_path(struct lienthong_connector_t *connector,
                                             const char *path,
                                             int32_t state_secret,
                                             char **json,
                                             struct lienthong_error_t **error);

// Stores a packet that is built already, byte for byte, from memory. It must be a document.
//
// As `lienthong_connector_send`.
int32_t lienthong_connector_send_packet_bytes(struct lienthong_connector_t *connector,
                                              const uint8_t *data,
                                              size_t length,
                                              int32_t state_secret,
                                              char **json,
                                              struct lienthong_error_t **error);

// Stores a packet that is built already, byte for byte, from a callback, which is called on this
// thread. It must be a document.
//
// As `lienthong_connector_send`.
int32_t lienthong_connector_send_packet_callback(struct lienthong_connector_t *connector,
                                                 lienthong_read_fn read,
                                                 void *user_data,
                                                 int32_t state_secret,
                                                 char **json,
                                                 struct lienthong_error_t **error);

// Reports where a received document stands: 2 refused to 6 finished (1 goes by itself).
//
// `note` (needed for 2) and `staff` (JSON) may be NULL. Gives the id of the status in `*outgoing`,
// which is freed with `lienthong_string_free`. Fails with not-found, status-illegal,
// packet-impossible.
int32_t lienthong_connector_report(struct lienthong_connector_t *connector,
                                   const char *incoming,
                                   int32_t code,
                                   const char *note,
                                   const char *staff,
                                   char **outgoing,
                                   struct lienthong_error_t **error);

// Asks receivers to give a document of ours back (status 13 to each); `(NULL, 0)` asks all. Those
// already asked are left out.
//
// `reason` has to be given, `staff` (JSON) may be NULL. Gives the ids of the requests as a JSON
// list; `*json` is freed with `lienthong_string_free`. Fails with not-found, document-frozen,
// invalid-argument for an organ that was no receiver, packet-impossible.
int32_t lienthong_connector_recall(struct lienthong_connector_t *connector,
                                   const char *outgoing,
                                   const char *const *organs,
                                   size_t count,
                                   const char *reason,
                                   const char *staff,
                                   char **json,
                                   struct lienthong_error_t **error);

// Agrees (15) to a received recall, update or replacement. After a recall every copy of the
// original's bytes in this store is destroyed.
//
// `note` and `staff` (JSON) may be NULL. Gives the id of the status, NULL where none is sent
// (status.answer_...); `*outgoing` is freed with `lienthong_string_free`. Fails with not-found,
// status-illegal.
int32_t lienthong_connector_agree(struct lienthong_connector_t *connector,
                                  const char *incoming,
                                  const char *note,
                                  const char *staff,
                                  char **outgoing,
                                  struct lienthong_error_t **error);

// Declines (16) a received recall, update or replacement; `note`, the reason, has to be given.
//
// As `lienthong_connector_agree`; fails with packet-impossible without a reason.
int32_t lienthong_connector_decline(struct lienthong_connector_t *connector,
                                    const char *incoming,
                                    const char *note,
                                    const char *staff,
                                    char **outgoing,
                                    struct lienthong_error_t **error);

// Says that an organ's answer, 15 or 16, which is kept as ambiguous because it fits
// several changes, was meant for this one: `change` is the id of the request that was sent.
//
// Fails with not-found, and with status-illegal where no such answer is kept, or the change waits for
// none.
int32_t lienthong_connector_assign_answer(struct lienthong_connector_t *connector,
                                          const char *change,
                                          const char *organ,
                                          int32_t answer,
                                          struct lienthong_error_t **error);

// Has what failed, is held or waits tried again at once, for one receiver or (NULL) for all.
//
// Gives for how many; `count` may be NULL. Fails with not-found.
int32_t lienthong_connector_retry(struct lienthong_connector_t *connector,
                                  const char *outgoing,
                                  const char *organ,
                                  uint64_t *count,
                                  struct lienthong_error_t **error);

// Gives up what is not delivered, for one receiver or (NULL) for all; what waited for it goes on.
//
// Gives for how many; `count` may be NULL. Fails with not-found.
int32_t lienthong_connector_drop(struct lienthong_connector_t *connector,
                                 const char *outgoing,
                                 const char *organ,
                                 uint64_t *count,
                                 struct lienthong_error_t **error);

// Makes a verifier. `config` may be NULL: then nobody is trusted.
//
// `*verifier` belongs to the caller; `config` may be freed. Fails with io, trust-unreadable,
// organs-unreadable. Any thread.
int32_t lienthong_verifier_new(const struct lienthong_config_t *config,
                               struct lienthong_verifier_t **verifier,
                               struct lienthong_error_t **error);

// Frees a verifier. NULL, and one that was freed already, are left alone. Any thread.
void lienthong_verifier_free(struct lienthong_verifier_t *verifier);

// Reads a packet once more and gives the report on its signatures as JSON, judged for a time `at` in
// milliseconds since 1970-01-01 UTC; 0 is now. Gives 1 in `met` where signature.policy is satisfied,
// else 0; `met` may be NULL.
//
// `*report` is freed with `lienthong_string_free`; its signers may be persons: not for logs. That a
// signature is wrong, or absent, is no failure of this call. Revocation data may be fetched, within
// signature.fetch_timeout for each source. Fails with io, payload-gone. Any thread.
int32_t lienthong_packet_verify(const struct lienthong_packet_t *packet,
                                const struct lienthong_verifier_t *verifier,
                                int64_t at,
                                char **report,
                                int32_t *met,
                                struct lienthong_error_t **error);

// Writes the packet into a new file, signed, sealed or both (`what`: LIENTHONG_SIGN_...); every other
// byte stays as it is. One that is there already is left alone (io).
//
// `at`, in milliseconds since 1970-01-01 UTC, is the time that the packet's signature claims, in the
// properties of XAdES-B; 0 leaves them out. Gives its length in bytes; `length` may be NULL. Fails
// with already-signed, not-signable, packet-unreadable, packet-impossible (a seal already, or a
// signature that a seal would break), signer-unfit, signing-failed; then there is no file.
int32_t lienthong_packet_sign_to_path(const struct lienthong_packet_t *packet,
                                      const struct lienthong_signer_t *signer,
                                      int32_t what,
                                      int64_t at,
                                      const char *path,
                                      uint64_t *length,
                                      struct lienthong_error_t **error);

// Gives the bytes of the packet, signed, sealed or both, all at once.
//
// `*data` is freed with `lienthong_bytes_free`. As `lienthong_packet_sign_to_path`.
int32_t lienthong_packet_sign_to_bytes(const struct lienthong_packet_t *packet,
                                       const struct lienthong_signer_t *signer,
                                       int32_t what,
                                       int64_t at,
                                       uint8_t **data,
                                       size_t *length,
                                       struct lienthong_error_t **error);

// Makes a signer of the key file of a config: signature.key_file, key_password, certificate_file,
// algorithm. Nothing of the key can be read back.
//
// `*signer` belongs to the caller; `config` may be freed. Fails with config-missing where no key file
// is set, io, key-unreadable, key-password, key-unsuitable, key-certificate. Any thread.
int32_t lienthong_signer_from_config(const struct lienthong_config_t *config,
                                     struct lienthong_signer_t **signer,
                                     struct lienthong_error_t **error);

// Makes a signer of a callback, for a key in a token or a service. `algorithm` is one of the words of
// signature.algorithm, e.g. "ecdsa-sha256". `certificates` are in DER, one directly behind the other:
// the one of the key, then those that lead on from it, each followed by its issuer; they are copied.
//
// `*signer` belongs to the caller. When nobody needs `user_data` any more (signer freed, everything
// opened with it freed), `drop`, which may be NULL, is called once with it; also where this call
// fails. Fails with invalid-argument, signer-unfit where the key is of another kind. Any thread.
int32_t lienthong_signer_from_callback(const char *algorithm,
                                       const uint8_t *certificates,
                                       size_t length,
                                       lienthong_sign_fn sign,
                                       void *user_data,
                                       lienthong_drop_fn drop,
                                       struct lienthong_signer_t **signer,
                                       struct lienthong_error_t **error);

// Frees a signer. NULL, and one that was freed already, are left alone.
//
// It goes on signing for the connectors that were opened with it. Any thread.
void lienthong_signer_free(struct lienthong_signer_t *signer);

// The version of the library as text, for example "0.1.0".
//
// The text is UTF-8, ends in a NUL, is never freed and may be used from any thread.
// NULL is given back only after a fault inside the library.
const char *lienthong_version(void);

// The binary interface of the loaded library.
//
// A program compares it with LIENTHONG_ABI_VERSION of the header it was compiled with and
// stops if they differ. 0 is given back only after a fault inside the library.
uint32_t lienthong_abi_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* LIENTHONG_H */
