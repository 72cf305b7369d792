/* A panic inside any function becomes `internal`, or its failure value, and never leaves the library.
 * Only a library built for tests can be asked to panic. Every function of the ledger stands here. */
#include "check.h"

static lienthong_error_t *error;

static void panics_in(const char *function) {
    CHECK(setenv("LIENTHONG_TEST_PANIC", function, 1) == 0);
}

static void told(int32_t code, const char *function) {
    if (code != LIENTHONG_ERROR_INTERNAL || error == NULL) {
        fprintf(stderr, "%s gave %d\n", function, (int)code);
        exit(1);
    }
    CHECK(unsetenv("LIENTHONG_TEST_PANIC") == 0);
    CHECK(lienthong_error_code(error) == LIENTHONG_ERROR_INTERNAL);
    CHECK(strcmp(lienthong_error_context(error, "function"), function) == 0);
    lienthong_error_free(error);
    error = NULL;
}

/* A call that has an error. */
#define TELLS(name, arguments)                                                                     \
    do {                                                                                           \
        panics_in(#name);                                                                          \
        told(name arguments, #name);                                                               \
    } while (0)

/* A call that gives its failure value. */
#define GIVES(value, name, arguments)                                                              \
    do {                                                                                           \
        panics_in(#name);                                                                          \
        CHECK(name arguments == (value));                                                          \
    } while (0)

/* A call that gives nothing. */
#define ENDS(name, arguments)                                                                      \
    do {                                                                                           \
        panics_in(#name);                                                                          \
        name arguments;                                                                            \
    } while (0)

int main(int argc, char **argv) {
    folder_of(argc, argv);
    TELLS(lienthong_client_acknowledge, (NULL, NULL, 0, &error));
    TELLS(lienthong_client_agencies, (NULL, NULL, &error));
    TELLS(lienthong_client_agencies_qd20, (NULL, 0, NULL, &error));
    TELLS(lienthong_client_close, (NULL, &error));
    TELLS(lienthong_client_count, (NULL, 0, NULL, &error));
    TELLS(lienthong_client_delete_agency, (NULL, NULL, &error));
    TELLS(lienthong_client_download_to_path, (NULL, NULL, NULL, NULL, &error));
    TELLS(lienthong_client_get_to_path, (NULL, NULL, NULL, NULL, &error));
    TELLS(lienthong_client_list_received, (NULL, 0, NULL, &error));
    TELLS(lienthong_client_list_sent, (NULL, 0, NULL, NULL, &error));
    TELLS(lienthong_client_open, (NULL, NULL, &error));
    TELLS(lienthong_client_register_agency, (NULL, NULL, &error));
    TELLS(lienthong_client_send_path, (NULL, NULL, NULL, NULL, 0, 0, NULL, &error));
    TELLS(lienthong_client_synchronize_units, (NULL, NULL, &error));
    TELLS(lienthong_config_get, (NULL, NULL, NULL, &error));
    TELLS(lienthong_config_keys, (NULL, &error));
    TELLS(lienthong_config_load_environment, (NULL, &error));
    TELLS(lienthong_config_load_file, (NULL, NULL, &error));
    TELLS(lienthong_config_new, (NULL, &error));
    TELLS(lienthong_config_set, (NULL, NULL, NULL, &error));
    TELLS(lienthong_config_set_log, (NULL, 0, NULL, NULL, NULL, &error));
    TELLS(lienthong_connector_accept, (NULL, NULL, 0, &error));
    TELLS(lienthong_connector_agree, (NULL, NULL, NULL, NULL, NULL, &error));
    TELLS(lienthong_connector_backup, (NULL, NULL, &error));
    TELLS(lienthong_connector_close, (NULL, 0, NULL, &error));
    TELLS(lienthong_connector_decline, (NULL, NULL, NULL, NULL, NULL, &error));
    TELLS(lienthong_connector_doctor, (NULL, NULL, &error));
    TELLS(lienthong_connector_drop, (NULL, NULL, NULL, NULL, &error));
    TELLS(lienthong_connector_drop_quarantined, (NULL, NULL, &error));
    TELLS(lienthong_connector_events, (NULL, 0, 0, NULL, &error));
    TELLS(lienthong_connector_events_done, (NULL, 0, &error));
    TELLS(lienthong_connector_find_sent, (NULL, NULL, NULL, NULL, &error));
    TELLS(lienthong_connector_give_back, (NULL, NULL, 0, 0, &error));
    TELLS(lienthong_connector_open, (NULL, NULL, &error));
    TELLS(lienthong_connector_open_signing, (NULL, NULL, NULL, &error));
    TELLS(lienthong_connector_packet, (NULL, NULL, NULL, &error));
    TELLS(lienthong_connector_poll, (NULL, 0, NULL, &error));
    TELLS(lienthong_connector_quarantine, (NULL, 0, NULL, &error));
    TELLS(lienthong_connector_read_again, (NULL, NULL, &error));
    TELLS(lienthong_connector_recall, (NULL, NULL, NULL, 0, NULL, NULL, NULL, &error));
    TELLS(lienthong_connector_receive_now, (NULL, &error));
    TELLS(lienthong_connector_refuse, (NULL, NULL, 0, NULL, NULL, &error));
    TELLS(lienthong_connector_report, (NULL, NULL, 0, NULL, NULL, NULL, &error));
    TELLS(lienthong_connector_retry, (NULL, NULL, NULL, NULL, &error));
    TELLS(lienthong_connector_send, (NULL, NULL, 0, NULL, &error));
    TELLS(lienthong_connector_send_packet_bytes, (NULL, NULL, 0, 0, NULL, &error));
    TELLS(lienthong_connector_send_packet_callback, (NULL, NULL, NULL, 0, NULL, &error));
    TELLS(lienthong_connector_send_packet_path, (NULL, NULL, 0, NULL, &error));
    TELLS(lienthong_connector_stats, (NULL, NULL, &error));
    TELLS(lienthong_connector_statuses, (NULL, NULL, NULL, &error));
    TELLS(lienthong_connector_thread, (NULL, NULL, NULL, &error));
    TELLS(lienthong_connector_transfers, (NULL, NULL, &error));
    TELLS(lienthong_connector_why, (NULL, NULL, NULL, &error));
    TELLS(lienthong_document_act_on, (NULL, 0, NULL, NULL, &error));
    TELLS(lienthong_document_attach_bytes, (NULL, NULL, NULL, 0, NULL, NULL, &error));
    TELLS(lienthong_document_attach_callback, (NULL, NULL, NULL, NULL, NULL, NULL, &error));
    TELLS(lienthong_document_attach_path, (NULL, NULL, NULL, NULL, NULL, &error));
    TELLS(lienthong_document_check, (NULL, NULL, &error));
    TELLS(lienthong_document_from_json, (NULL, NULL, NULL, &error));
    TELLS(lienthong_document_get, (NULL, NULL, NULL, &error));
    TELLS(lienthong_document_json, (NULL, NULL, &error));
    TELLS(lienthong_document_new, (NULL, NULL, &error));
    TELLS(lienthong_document_set, (NULL, NULL, NULL, &error));
    TELLS(lienthong_document_to_bytes, (NULL, NULL, NULL, &error));
    TELLS(lienthong_document_to_callback, (NULL, NULL, NULL, NULL, &error));
    TELLS(lienthong_document_to_path, (NULL, NULL, NULL, &error));
    TELLS(lienthong_finding_codes, (NULL, &error));
    TELLS(lienthong_incoming_json, (NULL, NULL, &error));
    TELLS(lienthong_incoming_packet, (NULL, NULL, &error));
    TELLS(lienthong_json_get, (NULL, NULL, NULL, &error));
    TELLS(lienthong_packet_attachment, (NULL, 0, NULL, &error));
    TELLS(lienthong_packet_attachment_to_bytes, (NULL, 0, NULL, NULL, &error));
    TELLS(lienthong_packet_attachment_to_callback, (NULL, 0, NULL, NULL, NULL, &error));
    TELLS(lienthong_packet_attachment_to_path, (NULL, 0, NULL, NULL, &error));
    TELLS(lienthong_packet_check, (NULL, 0, NULL, NULL, &error));
    TELLS(lienthong_packet_compare, (NULL, NULL, NULL, &error));
    TELLS(lienthong_packet_element, (NULL, NULL, NULL, &error));
    TELLS(lienthong_packet_element_count, (NULL, NULL, NULL, &error));
    TELLS(lienthong_packet_extract, (NULL, NULL, 0, NULL, &error));
    TELLS(lienthong_packet_from_bytes, (NULL, NULL, 0, NULL, &error));
    TELLS(lienthong_packet_from_path, (NULL, NULL, NULL, &error));
    TELLS(lienthong_packet_json, (NULL, NULL, &error));
    TELLS(lienthong_packet_meaning_digest, (NULL, NULL, &error));
    TELLS(lienthong_packet_sign_to_bytes, (NULL, NULL, 0, 0, NULL, NULL, &error));
    TELLS(lienthong_packet_sign_to_path, (NULL, NULL, 0, 0, NULL, NULL, &error));
    TELLS(lienthong_packet_to_callback, (NULL, NULL, NULL, NULL, &error));
    TELLS(lienthong_packet_to_path, (NULL, NULL, NULL, &error));
    TELLS(lienthong_packet_verify, (NULL, NULL, 0, NULL, NULL, &error));
    TELLS(lienthong_packet_worst, (NULL, 0, NULL, NULL, &error));
    TELLS(lienthong_signer_from_callback, (NULL, NULL, 0, NULL, NULL, NULL, NULL, &error));
    TELLS(lienthong_signer_from_config, (NULL, NULL, &error));
    TELLS(lienthong_status_to_bytes, (NULL, NULL, NULL, NULL, &error));
    TELLS(lienthong_verifier_new, (NULL, NULL, &error));
    GIVES(0, lienthong_abi_version, ());
    GIVES(0, lienthong_code_at, (0));
    GIVES(0, lienthong_code_count, ());
    GIVES(NULL, lienthong_code_message, (0, 0));
    GIVES(NULL, lienthong_code_name, (0));
    GIVES(0, lienthong_code_retry, (0));
    GIVES(0, lienthong_code_who_acts, (0));
    GIVES(0, lienthong_error_code, (NULL));
    GIVES(NULL, lienthong_error_context, (NULL, NULL));
    GIVES(0, lienthong_error_context_count, (NULL));
    GIVES(NULL, lienthong_error_context_name, (NULL, 0));
    GIVES(NULL, lienthong_error_context_value, (NULL, 0));
    GIVES(NULL, lienthong_error_findings, (NULL));
    GIVES(NULL, lienthong_error_json, (NULL));
    GIVES(NULL, lienthong_error_message, (NULL, 0));
    GIVES(NULL, lienthong_error_name, (NULL));
    GIVES(NULL, lienthong_error_operation, (NULL));
    GIVES(NULL, lienthong_error_remote_code, (NULL));
    GIVES(0, lienthong_error_retry, (NULL));
    GIVES(0, lienthong_error_who_acts, (NULL));
    GIVES(NULL, lienthong_incoming_acts_on, (NULL));
    GIVES(NULL, lienthong_incoming_answers, (NULL));
    GIVES(0, lienthong_incoming_attempt, (NULL));
    GIVES(0, lienthong_incoming_conflict, (NULL));
    GIVES(NULL, lienthong_incoming_from, (NULL));
    GIVES(NULL, lienthong_incoming_id, (NULL));
    GIVES(0, lienthong_incoming_is_action, (NULL));
    GIVES(0, lienthong_incoming_lease, (NULL));
    GIVES(NULL, lienthong_incoming_own_organ, (NULL));
    GIVES(0, lienthong_live_handles, ());
    GIVES(0, lienthong_packet_attachment_count, (NULL));
    GIVES(0, lienthong_packet_kind, (NULL));
    GIVES(0, lienthong_packet_readable, (NULL));
    GIVES(NULL, lienthong_version, ());
    ENDS(lienthong_bytes_free, (NULL, 0));
    ENDS(lienthong_client_free, (NULL));
    ENDS(lienthong_config_free, (NULL));
    ENDS(lienthong_connector_free, (NULL));
    ENDS(lienthong_document_free, (NULL));
    ENDS(lienthong_error_free, (NULL));
    ENDS(lienthong_incoming_free, (NULL));
    ENDS(lienthong_packet_free, (NULL));
    ENDS(lienthong_signer_free, (NULL));
    ENDS(lienthong_string_free, (NULL));
    ENDS(lienthong_verifier_free, (NULL));
    /* And all is well afterwards. */
    CHECK(unsetenv("LIENTHONG_TEST_PANIC") == 0);
    CHECK(lienthong_abi_version() == LIENTHONG_ABI_VERSION);
    return all_is_freed();
}
