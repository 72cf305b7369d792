/* NULL for every argument, and 0 for every number: refused with invalid-argument where something is
 * needed, harmless everywhere; and no error is asked for in the second half. Every function of the
 * ledger stands here. */
#include "check.h"

static void refused(void) {
    lienthong_error_t *error = NULL;

    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_client_acknowledge(NULL, NULL, 0, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_client_agencies(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_client_agencies_qd20(NULL, 0, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_client_close(NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_client_count(NULL, 0, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_client_delete_agency(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_client_download_to_path(NULL, NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_client_get_to_path(NULL, NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_client_list_received(NULL, 0, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_client_list_sent(NULL, 0, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_client_open(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_client_register_agency(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_client_send_path(NULL, NULL, NULL, NULL, 0, 0, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_client_synchronize_units(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_config_get(NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_config_keys(NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_config_load_environment(NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_config_load_file(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_config_new(NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_config_set(NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_config_set_log(NULL, 0, NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_accept(NULL, NULL, 0, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_connector_agree(NULL, NULL, NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_backup(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_close(NULL, 0, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_connector_decline(NULL, NULL, NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_doctor(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_connector_drop(NULL, NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_connector_drop_quarantined(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_events(NULL, 0, 0, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_events_done(NULL, 0, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_connector_find_sent(NULL, NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_connector_give_back(NULL, NULL, 0, 0, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_open(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_connector_open_signing(NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_packet(NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_poll(NULL, 0, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_quarantine(NULL, 0, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_read_again(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_connector_recall(NULL, NULL, NULL, 0, NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_receive_now(NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_connector_refuse(NULL, NULL, 0, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_connector_report(NULL, NULL, 0, NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_connector_retry(NULL, NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_send(NULL, NULL, 0, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_connector_send_packet_bytes(NULL, NULL, 0, 0, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_connector_send_packet_callback(NULL, NULL, NULL, 0, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_connector_send_packet_path(NULL, NULL, 0, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_stats(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_statuses(NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_thread(NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_transfers(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_connector_why(NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_document_act_on(NULL, 0, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_document_attach_bytes(NULL, NULL, NULL, 0, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_document_attach_callback(NULL, NULL, NULL, NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_document_attach_path(NULL, NULL, NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_document_check(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_document_from_json(NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_document_get(NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_document_json(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_document_new(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_document_set(NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_document_to_bytes(NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_document_to_callback(NULL, NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_document_to_path(NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_finding_codes(NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_incoming_json(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_incoming_packet(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_json_get(NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_packet_attachment(NULL, 0, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_packet_attachment_to_bytes(NULL, 0, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_packet_attachment_to_callback(NULL, 0, NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_packet_attachment_to_path(NULL, 0, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_packet_check(NULL, 0, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_packet_compare(NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_packet_element(NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_packet_element_count(NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_packet_extract(NULL, NULL, 0, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_packet_from_bytes(NULL, NULL, 0, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_packet_from_path(NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_packet_json(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_packet_meaning_digest(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_packet_sign_to_bytes(NULL, NULL, 0, 0, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_packet_sign_to_path(NULL, NULL, 0, 0, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_packet_to_callback(NULL, NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_packet_to_path(NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_packet_verify(NULL, NULL, 0, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_packet_worst(NULL, 0, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_signer_from_callback(NULL, NULL, 0, NULL, NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_signer_from_config(NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT,
          lienthong_status_to_bytes(NULL, NULL, NULL, NULL, &error));
    FAILS(LIENTHONG_ERROR_INVALID_ARGUMENT, lienthong_verifier_new(NULL, NULL, &error));
}

static void without_a_place_for_an_error(void) {
    const int32_t refused = LIENTHONG_ERROR_INVALID_ARGUMENT;

    CHECK(lienthong_client_acknowledge(NULL, NULL, 0, NULL) == refused);
    CHECK(lienthong_client_agencies(NULL, NULL, NULL) == refused);
    CHECK(lienthong_client_agencies_qd20(NULL, 0, NULL, NULL) == refused);
    CHECK(lienthong_client_close(NULL, NULL) == refused);
    CHECK(lienthong_client_count(NULL, 0, NULL, NULL) == refused);
    CHECK(lienthong_client_delete_agency(NULL, NULL, NULL) == refused);
    CHECK(lienthong_client_download_to_path(NULL, NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_client_get_to_path(NULL, NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_client_list_received(NULL, 0, NULL, NULL) == refused);
    CHECK(lienthong_client_list_sent(NULL, 0, NULL, NULL, NULL) == refused);
    CHECK(lienthong_client_open(NULL, NULL, NULL) == refused);
    CHECK(lienthong_client_register_agency(NULL, NULL, NULL) == refused);
    CHECK(lienthong_client_send_path(NULL, NULL, NULL, NULL, 0, 0, NULL, NULL) == refused);
    CHECK(lienthong_client_synchronize_units(NULL, NULL, NULL) == refused);
    CHECK(lienthong_config_get(NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_config_keys(NULL, NULL) == refused);
    CHECK(lienthong_config_load_environment(NULL, NULL) == refused);
    CHECK(lienthong_config_load_file(NULL, NULL, NULL) == refused);
    CHECK(lienthong_config_new(NULL, NULL) == refused);
    CHECK(lienthong_config_set(NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_config_set_log(NULL, 0, NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_accept(NULL, NULL, 0, NULL) == refused);
    CHECK(lienthong_connector_agree(NULL, NULL, NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_backup(NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_close(NULL, 0, NULL, NULL) == refused);
    CHECK(lienthong_connector_decline(NULL, NULL, NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_doctor(NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_drop(NULL, NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_drop_quarantined(NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_events(NULL, 0, 0, NULL, NULL) == refused);
    CHECK(lienthong_connector_events_done(NULL, 0, NULL) == refused);
    CHECK(lienthong_connector_find_sent(NULL, NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_give_back(NULL, NULL, 0, 0, NULL) == refused);
    CHECK(lienthong_connector_open(NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_open_signing(NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_packet(NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_poll(NULL, 0, NULL, NULL) == refused);
    CHECK(lienthong_connector_quarantine(NULL, 0, NULL, NULL) == refused);
    CHECK(lienthong_connector_read_again(NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_recall(NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_receive_now(NULL, NULL) == refused);
    CHECK(lienthong_connector_refuse(NULL, NULL, 0, NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_report(NULL, NULL, 0, NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_retry(NULL, NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_send(NULL, NULL, 0, NULL, NULL) == refused);
    CHECK(lienthong_connector_send_packet_bytes(NULL, NULL, 0, 0, NULL, NULL) == refused);
    CHECK(lienthong_connector_send_packet_callback(NULL, NULL, NULL, 0, NULL, NULL) == refused);
    CHECK(lienthong_connector_send_packet_path(NULL, NULL, 0, NULL, NULL) == refused);
    CHECK(lienthong_connector_stats(NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_statuses(NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_thread(NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_transfers(NULL, NULL, NULL) == refused);
    CHECK(lienthong_connector_why(NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_document_act_on(NULL, 0, NULL, NULL, NULL) == refused);
    CHECK(lienthong_document_attach_bytes(NULL, NULL, NULL, 0, NULL, NULL, NULL) == refused);
    CHECK(lienthong_document_attach_callback(NULL, NULL, NULL, NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_document_attach_path(NULL, NULL, NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_document_check(NULL, NULL, NULL) == refused);
    CHECK(lienthong_document_from_json(NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_document_get(NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_document_json(NULL, NULL, NULL) == refused);
    CHECK(lienthong_document_new(NULL, NULL, NULL) == refused);
    CHECK(lienthong_document_set(NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_document_to_bytes(NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_document_to_callback(NULL, NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_document_to_path(NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_finding_codes(NULL, NULL) == refused);
    CHECK(lienthong_incoming_json(NULL, NULL, NULL) == refused);
    CHECK(lienthong_incoming_packet(NULL, NULL, NULL) == refused);
    CHECK(lienthong_json_get(NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_packet_attachment(NULL, 0, NULL, NULL) == refused);
    CHECK(lienthong_packet_attachment_to_bytes(NULL, 0, NULL, NULL, NULL) == refused);
    CHECK(lienthong_packet_attachment_to_callback(NULL, 0, NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_packet_attachment_to_path(NULL, 0, NULL, NULL, NULL) == refused);
    CHECK(lienthong_packet_check(NULL, 0, NULL, NULL, NULL) == refused);
    CHECK(lienthong_packet_compare(NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_packet_element(NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_packet_element_count(NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_packet_extract(NULL, NULL, 0, NULL, NULL) == refused);
    CHECK(lienthong_packet_from_bytes(NULL, NULL, 0, NULL, NULL) == refused);
    CHECK(lienthong_packet_from_path(NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_packet_json(NULL, NULL, NULL) == refused);
    CHECK(lienthong_packet_meaning_digest(NULL, NULL, NULL) == refused);
    CHECK(lienthong_packet_sign_to_bytes(NULL, NULL, 0, 0, NULL, NULL, NULL) == refused);
    CHECK(lienthong_packet_sign_to_path(NULL, NULL, 0, 0, NULL, NULL, NULL) == refused);
    CHECK(lienthong_packet_to_callback(NULL, NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_packet_to_path(NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_packet_verify(NULL, NULL, 0, NULL, NULL, NULL) == refused);
    CHECK(lienthong_packet_worst(NULL, 0, NULL, NULL, NULL) == refused);
    CHECK(lienthong_signer_from_callback(NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_signer_from_config(NULL, NULL, NULL) == refused);
    CHECK(lienthong_status_to_bytes(NULL, NULL, NULL, NULL, NULL) == refused);
    CHECK(lienthong_verifier_new(NULL, NULL, NULL) == refused);
}

static void harmless(void) {
    lienthong_bytes_free(NULL, 0);
    lienthong_client_free(NULL);
    lienthong_config_free(NULL);
    lienthong_connector_free(NULL);
    lienthong_document_free(NULL);
    lienthong_error_free(NULL);
    lienthong_incoming_free(NULL);
    lienthong_packet_free(NULL);
    lienthong_signer_free(NULL);
    lienthong_string_free(NULL);
    lienthong_verifier_free(NULL);
    CHECK(lienthong_abi_version() == LIENTHONG_ABI_VERSION);
    CHECK(lienthong_code_at(0) == 1);
    CHECK(lienthong_code_count() > 40);
    CHECK(lienthong_code_message(0, 0) == NULL);
    CHECK(lienthong_code_name(0) != NULL);
    CHECK(lienthong_code_retry(0) == 0);
    CHECK(lienthong_code_who_acts(0) == 0);
    CHECK(lienthong_error_code(NULL) == 0);
    CHECK(lienthong_error_context(NULL, NULL) == NULL);
    CHECK(lienthong_error_context_count(NULL) == 0);
    CHECK(lienthong_error_context_name(NULL, 0) == NULL);
    CHECK(lienthong_error_context_value(NULL, 0) == NULL);
    CHECK(lienthong_error_findings(NULL) == NULL);
    CHECK(lienthong_error_json(NULL) == NULL);
    CHECK(lienthong_error_message(NULL, 0) == NULL);
    CHECK(lienthong_error_name(NULL) == NULL);
    CHECK(lienthong_error_operation(NULL) == NULL);
    CHECK(lienthong_error_remote_code(NULL) == NULL);
    CHECK(lienthong_error_retry(NULL) == 0);
    CHECK(lienthong_error_who_acts(NULL) == 0);
    CHECK(lienthong_incoming_acts_on(NULL) == NULL);
    CHECK(lienthong_incoming_answers(NULL) == NULL);
    CHECK(lienthong_incoming_attempt(NULL) == 0);
    CHECK(lienthong_incoming_conflict(NULL) == 0);
    CHECK(lienthong_incoming_from(NULL) == NULL);
    CHECK(lienthong_incoming_id(NULL) == NULL);
    CHECK(lienthong_incoming_is_action(NULL) == 0);
    CHECK(lienthong_incoming_lease(NULL) == 0);
    CHECK(lienthong_incoming_own_organ(NULL) == NULL);
    CHECK(lienthong_live_handles() == 0);
    CHECK(lienthong_packet_attachment_count(NULL) == 0);
    CHECK(lienthong_packet_kind(NULL) == 0);
    CHECK(lienthong_packet_readable(NULL) == 0);
    CHECK(lienthong_version() != NULL);
}

int main(int argc, char **argv) {
    folder_of(argc, argv);
    refused();
    without_a_place_for_an_error();
    harmless();
    return all_is_freed();
}
