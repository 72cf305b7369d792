// The functions of liblienthong, one to one. What each does stands in lienthong.h.
//
// Generated from it by `cargo xtask generate`: change the source, not this file.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;

namespace Lienthong
{
    internal static class Native
    {
        /// <summary>The interface this was made for.</summary>
        internal const uint AbiVersion = 1;

        /// <summary>What the loader looks for.</summary>
        internal const string Library = "liblienthong.so.1";

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_document_attach_path(
            DocumentHandle document,
            byte[] path,
            byte[] name,
            byte[] description,
            byte[] content_id,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_document_attach_bytes(
            DocumentHandle document,
            byte[] name,
            byte[] data,
            UIntPtr length,
            byte[] description,
            byte[] content_id,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_document_attach_callback(
            DocumentHandle document,
            byte[] name,
            lienthong_read_fn read,
            IntPtr user_data,
            byte[] description,
            byte[] content_id,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_client_open(
            ConfigHandle config,
            out ClientHandle client,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_client_close(ClientHandle client, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void lienthong_client_free(IntPtr client);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_client_send_path(
            ClientHandle client,
            byte[] path,
            byte[] from,
            IntPtr[] to,
            UIntPtr count,
            int message_type,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_client_list_received(
            ClientHandle client,
            int message_type,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_client_list_sent(
            ClientHandle client,
            int message_type,
            byte[] doc_id,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_client_get_to_path(
            ClientHandle client,
            byte[] doc_id,
            byte[] path,
            out ulong length,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_client_download_to_path(
            ClientHandle client,
            byte[] doc_id,
            byte[] path,
            out ulong length,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_client_acknowledge(
            ClientHandle client,
            byte[] doc_id,
            int acknowledgement,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_client_count(
            ClientHandle client,
            int message_type,
            out ulong count,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_client_agencies(
            ClientHandle client,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_client_agencies_qd20(
            ClientHandle client,
            uint level,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_client_synchronize_units(
            ClientHandle client,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_client_register_agency(
            ClientHandle client,
            byte[] agency,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_client_delete_agency(
            ClientHandle client,
            byte[] code,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern UIntPtr lienthong_code_count();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_code_at(UIntPtr index);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr lienthong_code_name(int code);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr lienthong_code_message(int code, int language);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_code_retry(int code);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_code_who_acts(int code);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_config_new(out ConfigHandle config, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void lienthong_config_free(IntPtr config);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_config_set(
            ConfigHandle config,
            byte[] key,
            byte[] value,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_config_get(
            ConfigHandle config,
            byte[] key,
            out IntPtr value,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_config_load_file(
            ConfigHandle config,
            byte[] path,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_config_load_environment(
            ConfigHandle config,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_config_set_log(
            ConfigHandle config,
            int level,
            lienthong_log_fn log,
            IntPtr user_data,
            lienthong_drop_fn drop,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_config_keys(out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_open(
            ConfigHandle config,
            out ConnectorHandle connector,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_open_signing(
            ConfigHandle config,
            SignerHandle signer,
            out ConnectorHandle connector,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_close(
            ConnectorHandle connector,
            long timeout,
            out int in_time,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void lienthong_connector_free(IntPtr connector);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_receive_now(
            ConnectorHandle connector,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_backup(
            ConnectorHandle connector,
            byte[] folder,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_doctor(
            ConnectorHandle connector,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_document_new(
            ConfigHandle config,
            out DocumentHandle document,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_document_from_json(
            ConfigHandle config,
            byte[] json,
            out DocumentHandle document,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void lienthong_document_free(IntPtr document);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_document_set(
            DocumentHandle document,
            byte[] element,
            byte[] value,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_document_get(
            DocumentHandle document,
            byte[] element,
            out IntPtr value,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_document_act_on(
            DocumentHandle document,
            int action,
            byte[] document_id,
            byte[] reason,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_document_json(
            DocumentHandle document,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_document_check(
            DocumentHandle document,
            out IntPtr findings,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_document_to_path(
            DocumentHandle document,
            byte[] path,
            out ulong length,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_document_to_bytes(
            DocumentHandle document,
            out IntPtr data,
            out UIntPtr length,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_document_to_callback(
            DocumentHandle document,
            lienthong_write_fn write,
            IntPtr user_data,
            out ulong length,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_status_to_bytes(
            ConfigHandle config,
            byte[] json,
            out IntPtr data,
            out UIntPtr length,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void lienthong_error_free(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_error_code(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr lienthong_error_name(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr lienthong_error_message(IntPtr error, int language);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_error_retry(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_error_who_acts(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr lienthong_error_operation(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr lienthong_error_remote_code(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern UIntPtr lienthong_error_context_count(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr lienthong_error_context_name(IntPtr error, UIntPtr index);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr lienthong_error_context_value(IntPtr error, UIntPtr index);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr lienthong_error_context(IntPtr error, byte[] name);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr lienthong_error_findings(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr lienthong_error_json(IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_poll(
            ConnectorHandle connector,
            long timeout,
            out IncomingHandle incoming,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_accept(
            ConnectorHandle connector,
            byte[] incoming,
            long lease,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_refuse(
            ConnectorHandle connector,
            byte[] incoming,
            long lease,
            byte[] reason,
            byte[] staff,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_give_back(
            ConnectorHandle connector,
            byte[] incoming,
            long lease,
            long pause,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void lienthong_incoming_free(IntPtr incoming);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr lienthong_incoming_id(IncomingHandle incoming);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern long lienthong_incoming_lease(IncomingHandle incoming);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr lienthong_incoming_own_organ(IncomingHandle incoming);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr lienthong_incoming_from(IncomingHandle incoming);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint lienthong_incoming_attempt(IncomingHandle incoming);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_incoming_is_action(IncomingHandle incoming);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr lienthong_incoming_acts_on(IncomingHandle incoming);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr lienthong_incoming_answers(IncomingHandle incoming);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_incoming_conflict(IncomingHandle incoming);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_incoming_json(
            IncomingHandle incoming,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_incoming_packet(
            IncomingHandle incoming,
            out PacketHandle packet,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void lienthong_string_free(IntPtr text);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void lienthong_bytes_free(IntPtr data, UIntPtr length);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern UIntPtr lienthong_live_handles();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_json_get(
            byte[] json,
            byte[] pointer,
            out IntPtr value,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_finding_codes(out IntPtr json, out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_from_path(
            ConfigHandle config,
            byte[] path,
            out PacketHandle packet,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_from_bytes(
            ConfigHandle config,
            byte[] data,
            UIntPtr length,
            out PacketHandle packet,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_from_bytes_borrowed(
            ConfigHandle config,
            byte[] data,
            UIntPtr length,
            out PacketHandle packet,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void lienthong_packet_free(IntPtr packet);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_kind(PacketHandle packet);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_readable(PacketHandle packet);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_json(
            PacketHandle packet,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_element(
            PacketHandle packet,
            byte[] element,
            out IntPtr value,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_element_count(
            PacketHandle packet,
            byte[] element,
            out UIntPtr count,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_check(
            PacketHandle packet,
            int sending,
            byte[] profile,
            out IntPtr findings,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_worst(
            PacketHandle packet,
            int sending,
            byte[] profile,
            out int severity,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_compare(
            PacketHandle sent,
            PacketHandle came,
            out IntPtr findings,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_meaning_digest(
            PacketHandle packet,
            out IntPtr digest,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_to_path(
            PacketHandle packet,
            byte[] path,
            out ulong length,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_to_callback(
            PacketHandle packet,
            lienthong_write_fn write,
            IntPtr user_data,
            out ulong length,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern UIntPtr lienthong_packet_attachment_count(PacketHandle packet);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_attachment(
            PacketHandle packet,
            UIntPtr number,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_attachment_to_path(
            PacketHandle packet,
            UIntPtr number,
            byte[] path,
            out ulong length,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_attachment_to_bytes(
            PacketHandle packet,
            UIntPtr number,
            out IntPtr data,
            out UIntPtr length,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_attachment_to_callback(
            PacketHandle packet,
            UIntPtr number,
            lienthong_write_fn write,
            IntPtr user_data,
            out ulong length,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_extract(
            PacketHandle packet,
            byte[] folder,
            int keep_raw,
            out IntPtr files,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_why(
            ConnectorHandle connector,
            byte[] id,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_thread(
            ConnectorHandle connector,
            byte[] id,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_statuses(
            ConnectorHandle connector,
            byte[] outgoing,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_find_sent(
            ConnectorHandle connector,
            byte[] from,
            byte[] document_id,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_stats(
            ConnectorHandle connector,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_events(
            ConnectorHandle connector,
            UIntPtr limit,
            long timeout,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_events_done(
            ConnectorHandle connector,
            long up_to,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_transfers(
            ConnectorHandle connector,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_quarantine(
            ConnectorHandle connector,
            UIntPtr limit,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_read_again(
            ConnectorHandle connector,
            byte[] arrival,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_drop_quarantined(
            ConnectorHandle connector,
            byte[] arrival,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_packet(
            ConnectorHandle connector,
            byte[] id,
            out PacketHandle packet,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_send(
            ConnectorHandle connector,
            DocumentHandle document,
            int state_secret,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_send_packet_path(
            ConnectorHandle connector,
            byte[] path,
            int state_secret,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_send_packet_bytes(
            ConnectorHandle connector,
            byte[] data,
            UIntPtr length,
            int state_secret,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_send_packet_callback(
            ConnectorHandle connector,
            lienthong_read_fn read,
            IntPtr user_data,
            int state_secret,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_report(
            ConnectorHandle connector,
            byte[] incoming,
            int code,
            byte[] note,
            byte[] staff,
            out IntPtr outgoing,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_recall(
            ConnectorHandle connector,
            byte[] outgoing,
            IntPtr[] organs,
            UIntPtr count,
            byte[] reason,
            byte[] staff,
            out IntPtr json,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_agree(
            ConnectorHandle connector,
            byte[] incoming,
            byte[] note,
            byte[] staff,
            out IntPtr outgoing,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_decline(
            ConnectorHandle connector,
            byte[] incoming,
            byte[] note,
            byte[] staff,
            out IntPtr outgoing,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_assign_answer(
            ConnectorHandle connector,
            byte[] change,
            byte[] organ,
            int answer,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_retry(
            ConnectorHandle connector,
            byte[] outgoing,
            byte[] organ,
            out ulong count,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_connector_drop(
            ConnectorHandle connector,
            byte[] outgoing,
            byte[] organ,
            out ulong count,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_verifier_new(
            ConfigHandle config,
            out VerifierHandle verifier,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void lienthong_verifier_free(IntPtr verifier);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_verify(
            PacketHandle packet,
            VerifierHandle verifier,
            long at,
            out IntPtr report,
            out int met,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_sign_to_path(
            PacketHandle packet,
            SignerHandle signer,
            int what,
            long at,
            byte[] path,
            out ulong length,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_packet_sign_to_bytes(
            PacketHandle packet,
            SignerHandle signer,
            int what,
            long at,
            out IntPtr data,
            out UIntPtr length,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_signer_from_config(
            ConfigHandle config,
            out SignerHandle signer,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern int lienthong_signer_from_callback(
            byte[] algorithm,
            byte[] certificates,
            UIntPtr length,
            lienthong_sign_fn sign,
            IntPtr user_data,
            lienthong_drop_fn drop,
            out SignerHandle signer,
            out IntPtr error);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern void lienthong_signer_free(IntPtr signer);

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern IntPtr lienthong_version();

        [DllImport(Library, CallingConvention = CallingConvention.Cdecl)]
        internal static extern uint lienthong_abi_version();
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal delegate long lienthong_read_fn(
            IntPtr user_data,
            IntPtr buffer,
            UIntPtr capacity);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal delegate void lienthong_log_fn(
            IntPtr user_data,
            int level,
            IntPtr target,
            IntPtr message);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal delegate void lienthong_drop_fn(IntPtr user_data);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal delegate int lienthong_write_fn(IntPtr user_data, IntPtr data, UIntPtr length);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    internal delegate int lienthong_sign_fn(
            IntPtr user_data,
            IntPtr message,
            UIntPtr length,
            IntPtr signature,
            UIntPtr capacity,
            out UIntPtr written);

    internal sealed class ClientHandle : Handle
    {
        protected override bool ReleaseHandle()
        {
            Native.lienthong_client_free(handle);
            return true;
        }
    }

    internal sealed class ConfigHandle : Handle
    {
        protected override bool ReleaseHandle()
        {
            Native.lienthong_config_free(handle);
            return true;
        }
    }

    internal sealed class ConnectorHandle : Handle
    {
        protected override bool ReleaseHandle()
        {
            Native.lienthong_connector_free(handle);
            return true;
        }
    }

    internal sealed class DocumentHandle : Handle
    {
        protected override bool ReleaseHandle()
        {
            Native.lienthong_document_free(handle);
            return true;
        }
    }

    internal sealed class IncomingHandle : Handle
    {
        protected override bool ReleaseHandle()
        {
            Native.lienthong_incoming_free(handle);
            return true;
        }
    }

    internal sealed class PacketHandle : Handle
    {
        protected override bool ReleaseHandle()
        {
            Native.lienthong_packet_free(handle);
            return true;
        }
    }

    internal sealed class SignerHandle : Handle
    {
        protected override bool ReleaseHandle()
        {
            Native.lienthong_signer_free(handle);
            return true;
        }
    }

    internal sealed class VerifierHandle : Handle
    {
        protected override bool ReleaseHandle()
        {
            Native.lienthong_verifier_free(handle);
            return true;
        }
    }
}
