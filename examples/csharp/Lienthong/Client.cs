// SPDX-License-Identifier: Apache-2.0
using System;

namespace Lienthong
{
    /// <summary>The thirteen calls of an axis, without a store: each goes out at once, and nothing is
    /// repeated. Used by any number of threads at once.</summary>
    /// <remarks><see cref="Connector"/> does all of this durably; this is for programs that have
    /// queues of their own. Calls end by axis.connect_timeout, axis.idle_timeout and
    /// axis.total_timeout. A list that failed is an exception, never an empty one.</remarks>
    public sealed class Client : IDisposable
    {
        private readonly ClientHandle handle;

        /// <summary>Opens a client by the keys axis.... No connection is made yet.</summary>
        public Client(Config config)
        {
            if (config == null)
            {
                throw new ArgumentNullException("config");
            }
            IntPtr error;
            Call.Check(Native.lienthong_client_open(config.Handle, out handle, out error), error);
        }

        /// <summary>Closes it at once: calls under way in other threads end with
        /// <see cref="ErrorCode.Closed"/> or, where a packet was handed over already, with
        /// <see cref="ErrorCode.AxisSentNoAnswer"/>.</summary>
        public void Close()
        {
            IntPtr error;
            Call.Check(Native.lienthong_client_close(handle, out error), error);
        }

        /// <summary>Closes it and frees it.</summary>
        public void Dispose()
        {
            // A call under way in another thread would keep the handle: closing ends it.
            if (!handle.IsClosed && !handle.IsInvalid)
            {
                IntPtr error = IntPtr.Zero;
                try
                {
                    if (Native.lienthong_client_close(handle, out error) != 0)
                    {
                        Native.lienthong_error_free(error);
                    }
                }
                catch (ObjectDisposedException)
                {
                    // Another thread was quicker.
                }
            }
            handle.Dispose();
        }

        /// <summary>Sends the packet in a file (/sendEdoc), from an organ to organs; null leaves the
        /// receivers to the packet. Gives what became of it for each group of receivers, as a JSON
        /// list. An exception means that nothing was sent to anyone.</summary>
        public string Send(string path, string from, string[] to, MessageType type)
        {
            using (TextList list = new TextList(to))
            {
                IntPtr json, error;
                Call.Check(
                    Native.lienthong_client_send_path(
                        handle, Call.Text(path), Call.Text(from), list.Pointers, list.Count,
                        (int)type, out json, out error),
                    error);
                return Call.Take(json);
            }
        }

        /// <summary>The packets that wait (/getReceivedEdocList), as a JSON list.</summary>
        public string ListReceived(MessageType type)
        {
            IntPtr json, error;
            Call.Check(
                Native.lienthong_client_list_received(handle, (int)type, out json, out error),
                error);
            return Call.Take(json);
        }

        /// <summary>What became of a packet that was sent, or (null) of all (/getSentEdocList), as a
        /// JSON list.</summary>
        public string ListSent(MessageType type, string docId = null)
        {
            IntPtr json, error;
            Call.Check(
                Native.lienthong_client_list_sent(
                    handle, (int)type, Call.Text(docId), out json, out error),
                error);
            return Call.Take(json);
        }

        /// <summary>Fetches a packet (/getEdoc) into a new file and gives its length.</summary>
        public long Get(string docId, string path)
        {
            ulong length;
            IntPtr error;
            Call.Check(
                Native.lienthong_client_get_to_path(
                    handle, Call.Text(docId), Call.Text(path), out length, out error),
                error);
            return checked((long)length);
        }

        /// <summary>Fetches a packet as it is (/downloadEdoc) into a new file and gives its length.
        /// </summary>
        public long Download(string docId, string path)
        {
            ulong length;
            IntPtr error;
            Call.Check(
                Native.lienthong_client_download_to_path(
                    handle, Call.Text(docId), Call.Text(path), out length, out error),
                error);
            return checked((long)length);
        }

        /// <summary>Acknowledges a packet that was fetched (/updateStatus): done only when it is kept
        /// safely.</summary>
        public void Acknowledge(string docId, Acknowledgement acknowledgement)
        {
            IntPtr error;
            Call.Check(
                Native.lienthong_client_acknowledge(
                    handle, Call.Text(docId), (int)acknowledgement, out error),
                error);
        }

        /// <summary>How many documents or statuses wait (/countReceiveEdoc, /countReceiveStatus).
        /// </summary>
        public long Count(MessageType type)
        {
            ulong count;
            IntPtr error;
            Call.Check(
                Native.lienthong_client_count(handle, (int)type, out count, out error), error);
            return checked((long)count);
        }

        /// <summary>The axis's directory of agencies (/getAgenciesList), as a JSON list.</summary>
        public string Agencies()
        {
            IntPtr json, error;
            Call.Check(Native.lienthong_client_agencies(handle, out json, out error), error);
            return Call.Take(json);
        }

        /// <summary>The agencies of a level with their codes of Decision 20/2020
        /// (/getAgenciesListQD20), as a JSON list.</summary>
        public string AgenciesQd20(int level)
        {
            IntPtr json, error;
            Call.Check(
                Native.lienthong_client_agencies_qd20(
                    handle, checked((uint)level), out json, out error),
                error);
            return Call.Take(json);
        }

        /// <summary>The units of the directory with their changes (/getSynchronizeUnit), as a JSON
        /// list, which may have a hundred thousand rows.</summary>
        public string SynchronizeUnits()
        {
            IntPtr json, error;
            Call.Check(
                Native.lienthong_client_synchronize_units(handle, out json, out error), error);
            return Call.Take(json);
        }

        /// <summary>Registers an agency with the axis (/registerAgency), given as JSON: id,
        /// parent_code, code, name, mail, mobile, fax.</summary>
        public void RegisterAgency(string agency)
        {
            IntPtr error;
            Call.Check(
                Native.lienthong_client_register_agency(handle, Call.Text(agency), out error),
                error);
        }

        /// <summary>Takes an agency off the axis (/deleteAgency).</summary>
        public void DeleteAgency(string code)
        {
            IntPtr error;
            Call.Check(
                Native.lienthong_client_delete_agency(handle, Call.Text(code), out error), error);
        }
    }
}
