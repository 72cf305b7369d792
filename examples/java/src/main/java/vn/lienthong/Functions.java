package vn.lienthong;

import com.sun.jna.Callback;
import com.sun.jna.Library;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;

/**
 * The functions of lienthong.h as JNA calls them; what they mean stands there and in docs/c-abi.md.
 *
 * <p>Texts go in as UTF-8 with a NUL ({@link Calls#in}) and come out as pointers, so that no
 * default encoding of the machine or of JNA has a part in them. {@code size_t} is {@code long}:
 * {@link Loader} refuses machines where that is wrong. What {@code lienthong_error_json} holds is
 * not asked for a second time.
 */
interface Functions extends Library {
    /** {@code LIENTHONG_ABI_VERSION} of the header that this was written after. */
    int ABI_VERSION = 1;

    interface ReadFn extends Callback {
        long read(Pointer userData, Pointer buffer, long capacity);
    }

    interface WriteFn extends Callback {
        int write(Pointer userData, Pointer data, long length);
    }

    interface LogFn extends Callback {
        void log(Pointer userData, int level, Pointer target, Pointer message);
    }

    interface SignFn extends Callback {
        int sign(Pointer userData, Pointer message, long length, Pointer signature, long capacity,
                LongByReference written);
    }

    interface DropFn extends Callback {
        void drop(Pointer userData);
    }

    void lienthong_string_free(Pointer text);

    void lienthong_bytes_free(Pointer data, long length);

    long lienthong_live_handles();

    int lienthong_finding_codes(PointerByReference json, PointerByReference error);

    Pointer lienthong_version();

    int lienthong_abi_version();

    long lienthong_code_count();

    int lienthong_code_at(long index);

    Pointer lienthong_code_name(int code);

    Pointer lienthong_code_message(int code, int language);

    int lienthong_code_retry(int code);

    int lienthong_code_who_acts(int code);

    void lienthong_error_free(Pointer error);

    Pointer lienthong_error_json(Pointer error);

    int lienthong_config_new(PointerByReference config, PointerByReference error);

    void lienthong_config_free(Pointer config);

    int lienthong_config_set(Pointer config, byte[] key, byte[] value, PointerByReference error);

    int lienthong_config_get(Pointer config, byte[] key, PointerByReference value,
            PointerByReference error);

    int lienthong_config_load_file(Pointer config, byte[] path, PointerByReference error);

    int lienthong_config_load_environment(Pointer config, PointerByReference error);

    int lienthong_config_set_log(Pointer config, int level, LogFn log, Pointer userData,
            DropFn drop, PointerByReference error);

    int lienthong_config_keys(PointerByReference json, PointerByReference error);

    int lienthong_document_attach_path(Pointer document, byte[] path, byte[] name,
            byte[] description, byte[] contentId, PointerByReference error);

    int lienthong_document_attach_bytes(Pointer document, byte[] name, byte[] data, long length,
            byte[] description, byte[] contentId, PointerByReference error);

    int lienthong_document_attach_callback(Pointer document, byte[] name, ReadFn read,
            Pointer userData, byte[] description, byte[] contentId, PointerByReference error);

    int lienthong_document_new(Pointer config, PointerByReference document,
            PointerByReference error);

    int lienthong_document_from_json(Pointer config, byte[] json, PointerByReference document,
            PointerByReference error);

    void lienthong_document_free(Pointer document);

    int lienthong_document_set(Pointer document, byte[] element, byte[] value,
            PointerByReference error);

    int lienthong_document_get(Pointer document, byte[] element, PointerByReference value,
            PointerByReference error);

    int lienthong_document_act_on(Pointer document, int action, byte[] documentId, byte[] reason,
            PointerByReference error);

    int lienthong_document_json(Pointer document, PointerByReference json,
            PointerByReference error);

    int lienthong_document_check(Pointer document, PointerByReference findings,
            PointerByReference error);

    int lienthong_document_to_path(Pointer document, byte[] path, LongByReference length,
            PointerByReference error);

    int lienthong_document_to_bytes(Pointer document, PointerByReference data,
            LongByReference length, PointerByReference error);

    int lienthong_document_to_callback(Pointer document, WriteFn write, Pointer userData,
            LongByReference length, PointerByReference error);

    int lienthong_status_to_bytes(Pointer config, byte[] json, PointerByReference data,
            LongByReference length, PointerByReference error);

    int lienthong_packet_from_path(Pointer config, byte[] path, PointerByReference packet,
            PointerByReference error);

    int lienthong_packet_from_bytes(Pointer config, byte[] data, long length,
            PointerByReference packet, PointerByReference error);

    void lienthong_packet_free(Pointer packet);

    int lienthong_packet_kind(Pointer packet);

    int lienthong_packet_readable(Pointer packet);

    int lienthong_packet_json(Pointer packet, PointerByReference json, PointerByReference error);

    int lienthong_packet_element(Pointer packet, byte[] element, PointerByReference value,
            PointerByReference error);

    int lienthong_packet_element_count(Pointer packet, byte[] element, LongByReference count,
            PointerByReference error);

    int lienthong_packet_check(Pointer packet, int sending, byte[] profile,
            PointerByReference findings, PointerByReference error);

    int lienthong_packet_worst(Pointer packet, int sending, byte[] profile, IntByReference severity,
            PointerByReference error);

    int lienthong_packet_compare(Pointer sent, Pointer came, PointerByReference findings,
            PointerByReference error);

    int lienthong_packet_meaning_digest(Pointer packet, PointerByReference digest,
            PointerByReference error);

    int lienthong_packet_to_path(Pointer packet, byte[] path, LongByReference length,
            PointerByReference error);

    int lienthong_packet_to_callback(Pointer packet, WriteFn write, Pointer userData,
            LongByReference length, PointerByReference error);

    long lienthong_packet_attachment_count(Pointer packet);

    int lienthong_packet_attachment(Pointer packet, long number, PointerByReference json,
            PointerByReference error);

    int lienthong_packet_attachment_to_path(Pointer packet, long number, byte[] path,
            LongByReference length, PointerByReference error);

    int lienthong_packet_attachment_to_bytes(Pointer packet, long number, PointerByReference data,
            LongByReference length, PointerByReference error);

    int lienthong_packet_attachment_to_callback(Pointer packet, long number, WriteFn write,
            Pointer userData, LongByReference length, PointerByReference error);

    int lienthong_packet_extract(Pointer packet, byte[] folder, int keepRaw,
            PointerByReference files, PointerByReference error);

    int lienthong_connector_open(Pointer config, PointerByReference connector,
            PointerByReference error);

    int lienthong_connector_open_signing(Pointer config, Pointer signer,
            PointerByReference connector, PointerByReference error);

    int lienthong_connector_close(Pointer connector, long timeout, IntByReference inTime,
            PointerByReference error);

    void lienthong_connector_free(Pointer connector);

    int lienthong_connector_receive_now(Pointer connector, PointerByReference error);

    int lienthong_connector_backup(Pointer connector, byte[] folder, PointerByReference error);

    int lienthong_connector_doctor(Pointer connector, PointerByReference json,
            PointerByReference error);

    int lienthong_connector_poll(Pointer connector, long timeout, PointerByReference incoming,
            PointerByReference error);

    int lienthong_connector_accept(Pointer connector, byte[] incoming, long lease,
            PointerByReference error);

    int lienthong_connector_refuse(Pointer connector, byte[] incoming, long lease, byte[] reason,
            byte[] staff, PointerByReference error);

    int lienthong_connector_give_back(Pointer connector, byte[] incoming, long lease, long pause,
            PointerByReference error);

    int lienthong_connector_why(Pointer connector, byte[] id, PointerByReference json,
            PointerByReference error);

    int lienthong_connector_thread(Pointer connector, byte[] id, PointerByReference json,
            PointerByReference error);

    int lienthong_connector_statuses(Pointer connector, byte[] outgoing, PointerByReference json,
            PointerByReference error);

    int lienthong_connector_find_sent(Pointer connector, byte[] from, byte[] documentId,
            PointerByReference json, PointerByReference error);

    int lienthong_connector_stats(Pointer connector, PointerByReference json,
            PointerByReference error);

    int lienthong_connector_events(Pointer connector, long limit, long timeout,
            PointerByReference json, PointerByReference error);

    int lienthong_connector_events_done(Pointer connector, long upTo, PointerByReference error);

    int lienthong_connector_transfers(Pointer connector, PointerByReference json,
            PointerByReference error);

    int lienthong_connector_quarantine(Pointer connector, long limit, PointerByReference json,
            PointerByReference error);

    int lienthong_connector_read_again(Pointer connector, byte[] arrival, PointerByReference error);

    int lienthong_connector_drop_quarantined(Pointer connector, byte[] arrival,
            PointerByReference error);

    int lienthong_connector_packet(Pointer connector, byte[] id, PointerByReference packet,
            PointerByReference error);

    int lienthong_connector_send(Pointer connector, Pointer document, int stateSecret,
            PointerByReference json, PointerByReference error);

    int lienthong_connector_send_packet_path(Pointer connector, byte[] path, int stateSecret,
            PointerByReference json, PointerByReference error);

    int lienthong_connector_send_packet_bytes(Pointer connector, byte[] data, long length,
            int stateSecret, PointerByReference json, PointerByReference error);

    int lienthong_connector_send_packet_callback(Pointer connector, ReadFn read, Pointer userData,
            int stateSecret, PointerByReference json, PointerByReference error);

    int lienthong_connector_report(Pointer connector, byte[] incoming, int code, byte[] note,
            byte[] staff, PointerByReference outgoing, PointerByReference error);

    int lienthong_connector_recall(Pointer connector, byte[] outgoing, Pointer organs,
            long count, byte[] reason, byte[] staff, PointerByReference json,
            PointerByReference error);

    int lienthong_connector_agree(Pointer connector, byte[] incoming, byte[] note, byte[] staff,
            PointerByReference outgoing, PointerByReference error);

    int lienthong_connector_decline(Pointer connector, byte[] incoming, byte[] note, byte[] staff,
            PointerByReference outgoing, PointerByReference error);

    int lienthong_connector_assign_answer(Pointer connector, byte[] change, byte[] organ, int answer,
            PointerByReference error);

    int lienthong_connector_retry(Pointer connector, byte[] outgoing, byte[] organ,
            LongByReference count, PointerByReference error);

    int lienthong_connector_drop(Pointer connector, byte[] outgoing, byte[] organ,
            LongByReference count, PointerByReference error);

    void lienthong_incoming_free(Pointer incoming);

    Pointer lienthong_incoming_id(Pointer incoming);

    long lienthong_incoming_lease(Pointer incoming);

    Pointer lienthong_incoming_own_organ(Pointer incoming);

    Pointer lienthong_incoming_from(Pointer incoming);

    int lienthong_incoming_attempt(Pointer incoming);

    int lienthong_incoming_is_action(Pointer incoming);

    Pointer lienthong_incoming_acts_on(Pointer incoming);

    Pointer lienthong_incoming_answers(Pointer incoming);

    int lienthong_incoming_conflict(Pointer incoming);

    int lienthong_incoming_json(Pointer incoming, PointerByReference json,
            PointerByReference error);

    int lienthong_incoming_packet(Pointer incoming, PointerByReference packet,
            PointerByReference error);

    int lienthong_client_open(Pointer config, PointerByReference client, PointerByReference error);

    int lienthong_client_close(Pointer client, PointerByReference error);

    void lienthong_client_free(Pointer client);

    int lienthong_client_send_path(Pointer client, byte[] path, byte[] from, Pointer to,
            long count, int messageType, PointerByReference json, PointerByReference error);

    int lienthong_client_list_received(Pointer client, int messageType, PointerByReference json,
            PointerByReference error);

    int lienthong_client_list_sent(Pointer client, int messageType, byte[] docId,
            PointerByReference json, PointerByReference error);

    int lienthong_client_get_to_path(Pointer client, byte[] docId, byte[] path,
            LongByReference length, PointerByReference error);

    int lienthong_client_download_to_path(Pointer client, byte[] docId, byte[] path,
            LongByReference length, PointerByReference error);

    int lienthong_client_acknowledge(Pointer client, byte[] docId, int acknowledgement,
            PointerByReference error);

    int lienthong_client_count(Pointer client, int messageType, LongByReference count,
            PointerByReference error);

    int lienthong_client_agencies(Pointer client, PointerByReference json,
            PointerByReference error);

    int lienthong_client_agencies_qd20(Pointer client, int level, PointerByReference json,
            PointerByReference error);

    int lienthong_client_synchronize_units(Pointer client, PointerByReference json,
            PointerByReference error);

    int lienthong_client_register_agency(Pointer client, byte[] agency, PointerByReference error);

    int lienthong_client_delete_agency(Pointer client, byte[] code, PointerByReference error);

    int lienthong_verifier_new(Pointer config, PointerByReference verifier,
            PointerByReference error);

    void lienthong_verifier_free(Pointer verifier);

    int lienthong_packet_verify(Pointer packet, Pointer verifier, long at,
            PointerByReference report, IntByReference met, PointerByReference error);

    int lienthong_packet_sign_to_path(Pointer packet, Pointer signer, int what, long at, byte[] path,
            LongByReference length, PointerByReference error);

    int lienthong_packet_sign_to_bytes(Pointer packet, Pointer signer, int what, long at,
            PointerByReference data, LongByReference length, PointerByReference error);

    int lienthong_signer_from_config(Pointer config, PointerByReference signer,
            PointerByReference error);

    int lienthong_signer_from_callback(byte[] algorithm, byte[] certificates, long length,
            SignFn sign, Pointer userData, DropFn drop, PointerByReference signer,
            PointerByReference error);

    void lienthong_signer_free(Pointer signer);
}
