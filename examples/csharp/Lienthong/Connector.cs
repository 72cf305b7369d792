// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;

namespace Lienthong
{
    /// <summary>A durable connector to an axis: sends, receives and reports, across crashes and
    /// outages. One for a whole server, used by any number of threads at once.</summary>
    /// <remarks>Dispose it: as worker it has threads and holds the lock of the store. Where that is
    /// forgotten, the finaliser closes it, which may take five seconds.</remarks>
    public sealed class Connector : IDisposable
    {
        private readonly ConnectorHandle handle;

        /// <summary>Opens the store and, as worker (connector.role), starts the exchange with the
        /// axis, which need not be there.</summary>
        /// <param name="config">The configuration; it is copied.</param>
        /// <param name="signer">Who signs what signature.sign and signature.seal_for ask for; null
        /// is the key file, where one is configured.</param>
        public Connector(Config config, Signer signer = null)
        {
            if (config == null)
            {
                throw new ArgumentNullException("config");
            }
            IntPtr error;
            Call.Check(
                signer == null
                    ? Native.lienthong_connector_open(config.Handle, out handle, out error)
                    : Native.lienthong_connector_open_signing(
                        config.Handle, signer.Handle, out handle, out error),
                error);
        }

        /// <summary>Ends the exchange and closes the store. Calls that wait in other threads end with
        /// <see cref="ErrorCode.Closed"/>. Closing twice is fine.</summary>
        /// <returns>Whether all threads of the connector ended in time. Five seconds are always
        /// enough.</returns>
        public bool Close(TimeSpan atMost)
        {
            int inTime;
            IntPtr error;
            Call.Check(
                Native.lienthong_connector_close(
                    handle, Call.Millis(atMost), out inTime, out error),
                error);
            return inTime != 0;
        }

        /// <summary>Closes it, where that was not done, and frees it.</summary>
        public void Dispose()
        {
            // A call that waits in another thread would keep the handle: closing ends it.
            if (!handle.IsClosed && !handle.IsInvalid)
            {
                int inTime;
                IntPtr error = IntPtr.Zero;
                try
                {
                    if (Native.lienthong_connector_close(handle, 5000, out inTime, out error) != 0)
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

        /// <summary>Has the axis asked at once for what waits, not at the next interval.</summary>
        public void ReceiveNow()
        {
            IntPtr error;
            Call.Check(Native.lienthong_connector_receive_now(handle, out error), error);
        }

        /// <summary>Stores a document for sending. When this returns, it is on disk and will be
        /// delivered to each receiver, or <see cref="Why"/> says why not. After an exception nothing
        /// was stored; where you do not know, call again: it is stored once.</summary>
        /// <returns>JSON: outgoing (the id), again, findings.</returns>
        public string Send(Document document, StateSecret stateSecret)
        {
            if (document == null)
            {
                throw new ArgumentNullException("document");
            }
            IntPtr json, error;
            Call.Check(
                Native.lienthong_connector_send(
                    handle, document.Handle, (int)stateSecret, out json, out error),
                error);
            return Call.Take(json);
        }

        /// <summary>Stores a packet that is built already, byte for byte, from a file.</summary>
        public string SendPacketFile(string path, StateSecret stateSecret)
        {
            IntPtr json, error;
            Call.Check(
                Native.lienthong_connector_send_packet_path(
                    handle, Call.Text(path), (int)stateSecret, out json, out error),
                error);
            return Call.Take(json);
        }

        /// <summary>Stores a packet that is built already, byte for byte, from memory.</summary>
        public string SendPacket(byte[] data, StateSecret stateSecret)
        {
            IntPtr json, error;
            Call.Check(
                Native.lienthong_connector_send_packet_bytes(
                    handle, data, Call.Length(data), (int)stateSecret, out json, out error),
                error);
            return Call.Take(json);
        }

        /// <summary>Stores a packet that is built already, byte for byte, from a stream. What the
        /// stream throws is thrown here, and nothing is stored.</summary>
        public string SendPacket(Stream stream, StateSecret stateSecret)
        {
            IntPtr json = IntPtr.Zero;
            StreamCall.Read(
                stream,
                (lienthong_read_fn read, out IntPtr error) =>
                    Native.lienthong_connector_send_packet_callback(
                        handle, read, IntPtr.Zero, (int)stateSecret, out json, out error));
            return Call.Take(json);
        }

        /// <summary>Waits for a packet and takes it under a lease; null where none came in time,
        /// which says nothing of the axis.</summary>
        public Incoming Poll(TimeSpan atMost)
        {
            IncomingHandle incoming;
            IntPtr error;
            Call.Check(
                Native.lienthong_connector_poll(
                    handle, Call.Millis(atMost), out incoming, out error),
                error);
            return incoming.IsInvalid ? null : new Incoming(incoming);
        }

        /// <summary>Accepts what was shown, once it is kept: it is not shown again.</summary>
        public void Accept(Incoming incoming)
        {
            Accept(Needed(incoming).Id, incoming.Lease);
        }

        /// <summary>Accepts what was shown, by id and lease; also from another process.</summary>
        public void Accept(string incoming, long lease)
        {
            IntPtr error;
            Call.Check(
                Native.lienthong_connector_accept(handle, Call.Text(incoming), lease, out error),
                error);
        }

        /// <summary>Refuses what was shown; its sender gets 02 with the reason.</summary>
        public void Refuse(Incoming incoming, string reason, string staff = null)
        {
            Refuse(Needed(incoming).Id, incoming.Lease, reason, staff);
        }

        /// <summary>Refuses what was shown, by id and lease.</summary>
        /// <param name="incoming">Its id.</param>
        /// <param name="lease">Its lease.</param>
        /// <param name="reason">The reason, for people.</param>
        /// <param name="staff">Who refuses, as JSON: StaffInfo of packet.schema.json; may be null.
        /// </param>
        public void Refuse(string incoming, long lease, string reason, string staff = null)
        {
            IntPtr error;
            Call.Check(
                Native.lienthong_connector_refuse(
                    handle, Call.Text(incoming), lease, Call.Text(reason), Call.Text(staff),
                    out error),
                error);
        }

        /// <summary>Gives back what was shown: it is shown again after a pause.</summary>
        public void GiveBack(Incoming incoming, TimeSpan pause)
        {
            GiveBack(Needed(incoming).Id, incoming.Lease, pause);
        }

        /// <summary>Gives back what was shown, by id and lease.</summary>
        public void GiveBack(string incoming, long lease, TimeSpan pause)
        {
            IntPtr error;
            Call.Check(
                Native.lienthong_connector_give_back(
                    handle, Call.Text(incoming), lease, Call.Millis(pause), out error),
                error);
        }

        /// <summary>Reports where a received document stands: 2 refused to 6 finished (1 goes by
        /// itself). Gives the id of the status.</summary>
        public string Report(string incoming, int code, string note = null, string staff = null)
        {
            IntPtr outgoing, error;
            Call.Check(
                Native.lienthong_connector_report(
                    handle, Call.Text(incoming), code, Call.Text(note), Call.Text(staff),
                    out outgoing, out error),
                error);
            return Call.Take(outgoing);
        }

        /// <summary>Asks receivers to give a document of ours back; null asks all. Gives the ids of
        /// the requests as a JSON list.</summary>
        public string Recall(
            string outgoing, string reason, string[] organs = null, string staff = null)
        {
            using (TextList list = new TextList(organs))
            {
                IntPtr json, error;
                Call.Check(
                    Native.lienthong_connector_recall(
                        handle, Call.Text(outgoing), list.Pointers, list.Count, Call.Text(reason),
                        Call.Text(staff), out json, out error),
                    error);
                return Call.Take(json);
            }
        }

        /// <summary>Agrees (15) to a received recall, update or replacement. Gives the id of the
        /// status; null where none is sent.</summary>
        public string Agree(string incoming, string note = null, string staff = null)
        {
            IntPtr outgoing, error;
            Call.Check(
                Native.lienthong_connector_agree(
                    handle, Call.Text(incoming), Call.Text(note), Call.Text(staff), out outgoing,
                    out error),
                error);
            return Call.Take(outgoing);
        }

        /// <summary>Declines (16) a received recall, update or replacement, with the reason.</summary>
        public string Decline(string incoming, string note, string staff = null)
        {
            IntPtr outgoing, error;
            Call.Check(
                Native.lienthong_connector_decline(
                    handle, Call.Text(incoming), Call.Text(note), Call.Text(staff), out outgoing,
                    out error),
                error);
            return Call.Take(outgoing);
        }

        /// <summary>Has what failed, is held or waits tried again at once, for one receiver or (null)
        /// for all. Gives for how many.</summary>
        public long Retry(string outgoing, string organ = null)
        {
            ulong count;
            IntPtr error;
            Call.Check(
                Native.lienthong_connector_retry(
                    handle, Call.Text(outgoing), Call.Text(organ), out count, out error),
                error);
            return checked((long)count);
        }

        /// <summary>Gives up what is not delivered, for one receiver or (null) for all. Gives for how
        /// many.</summary>
        public long Drop(string outgoing, string organ = null)
        {
            ulong count;
            IntPtr error;
            Call.Check(
                Native.lienthong_connector_drop(
                    handle, Call.Text(outgoing), Call.Text(organ), out count, out error),
                error);
            return checked((long)count);
        }

        /// <summary>Says that an organ's answer, 15 or 16, which is kept as ambiguous because it fits
        /// several changes, was meant for this one: the id of the request that was sent.</summary>
        public void AssignAnswer(string change, string organ, int answer)
        {
            IntPtr error;
            Call.Check(
                Native.lienthong_connector_assign_answer(
                    handle, Call.Text(change), Call.Text(organ), answer, out error),
                error);
        }

        /// <summary>Where a packet (out-..., in-...) stands, why, and who has to act, as JSON.
        /// </summary>
        public string Why(string id)
        {
            IntPtr json, error;
            Call.Check(
                Native.lienthong_connector_why(handle, Call.Text(id), out json, out error), error);
            return Call.Take(json);
        }

        /// <summary>Everything that hangs together with a packet, by time, as a JSON list.</summary>
        public string Thread(string id)
        {
            IntPtr json, error;
            Call.Check(
                Native.lienthong_connector_thread(handle, Call.Text(id), out json, out error),
                error);
            return Call.Take(json);
        }

        /// <summary>The statuses that came about a packet of ours, as a JSON list.</summary>
        public string Statuses(string outgoing)
        {
            IntPtr json, error;
            Call.Check(
                Native.lienthong_connector_statuses(
                    handle, Call.Text(outgoing), out json, out error),
                error);
            return Call.Take(json);
        }

        /// <summary>The ids of our packets with this organ and DocumentId, as a JSON list.</summary>
        public string FindSent(string from, string documentId)
        {
            IntPtr json, error;
            Call.Check(
                Native.lienthong_connector_find_sent(
                    handle, Call.Text(from), Call.Text(documentId), out json, out error),
                error);
            return Call.Take(json);
        }

        /// <summary>Counters, who is silent, and when the axis last gave its list, as JSON.</summary>
        public string Stats()
        {
            IntPtr json, error;
            Call.Check(Native.lienthong_connector_stats(handle, out json, out error), error);
            return Call.Take(json);
        }

        /// <summary>Waits for events that are not done and gives the oldest, as a JSON list. They come
        /// again until <see cref="EventsDone"/>.</summary>
        public string Events(int limit, TimeSpan atMost)
        {
            IntPtr json, error;
            Call.Check(
                Native.lienthong_connector_events(
                    handle, Call.Size(limit), Call.Millis(atMost), out json, out error),
                error);
            return Call.Take(json);
        }

        /// <summary>Events up to this number are dealt with and do not come again.</summary>
        public void EventsDone(long upTo)
        {
            IntPtr error;
            Call.Check(Native.lienthong_connector_events_done(handle, upTo, out error), error);
        }

        /// <summary>What is on its way to and from the axis at this moment, as a JSON list.</summary>
        public string Transfers()
        {
            IntPtr json, error;
            Call.Check(Native.lienthong_connector_transfers(handle, out json, out error), error);
            return Call.Take(json);
        }

        /// <summary>The packets that came and cannot be read, as a JSON list.</summary>
        public string Quarantine(int limit)
        {
            IntPtr json, error;
            Call.Check(
                Native.lienthong_connector_quarantine(
                    handle, Call.Size(limit), out json, out error),
                error);
            return Call.Take(json);
        }

        /// <summary>Has a packet in quarantine (arrival-...) read again.</summary>
        public void ReadAgain(string arrival)
        {
            IntPtr error;
            Call.Check(
                Native.lienthong_connector_read_again(handle, Call.Text(arrival), out error),
                error);
        }

        /// <summary>Gives up a packet in quarantine (arrival-...). Its bytes are deleted.</summary>
        public void DropQuarantined(string arrival)
        {
            IntPtr error;
            Call.Check(
                Native.lienthong_connector_drop_quarantined(
                    handle, Call.Text(arrival), out error),
                error);
        }

        /// <summary>The packet with an id: out-..., in-... or arrival-....</summary>
        public Packet OpenPacket(string id)
        {
            PacketHandle packet;
            IntPtr error;
            Call.Check(
                Native.lienthong_connector_packet(handle, Call.Text(id), out packet, out error),
                error);
            return new Packet(packet);
        }

        /// <summary>Looks at configuration, store, disk, clock, axis and queues; gives the checks as a
        /// JSON list. That something is bad is no exception.</summary>
        public string Doctor()
        {
            IntPtr json, error;
            Call.Check(Native.lienthong_connector_doctor(handle, out json, out error), error);
            return Call.Take(json);
        }

        /// <summary>Copies the store, while it is at work, into a new folder.</summary>
        public void Backup(string folder)
        {
            IntPtr error;
            Call.Check(
                Native.lienthong_connector_backup(handle, Call.Text(folder), out error), error);
        }

        private static Incoming Needed(Incoming incoming)
        {
            if (incoming == null)
            {
                throw new ArgumentNullException("incoming");
            }
            return incoming;
        }
    }
}
