// SPDX-License-Identifier: Apache-2.0
using System;

namespace Lienthong
{
    /// <summary>A packet that came, shown under a lease (handoff.lease). Freeing it decides nothing:
    /// until it is accepted or refused it is shown again after the lease. It does not change; any
    /// number of threads may read it.</summary>
    public sealed class Incoming : IDisposable
    {
        private readonly IncomingHandle handle;

        internal Incoming(IncomingHandle handle)
        {
            this.handle = handle;
        }

        /// <summary>Its id, e.g. "in-1".</summary>
        public string Id
        {
            get { return Read(Native.lienthong_incoming_id); }
        }

        /// <summary>Its lease, to accept, refuse or give back by; also from another process.</summary>
        public long Lease
        {
            get { return Native.lienthong_incoming_lease(handle); }
        }

        /// <summary>Our organ that it is for.</summary>
        public string OwnOrgan
        {
            get { return Read(Native.lienthong_incoming_own_organ); }
        }

        /// <summary>Its sender, as the packet names it.</summary>
        public string From
        {
            get { return Read(Native.lienthong_incoming_from); }
        }

        /// <summary>How often it has been shown, this time included.</summary>
        public long Attempt
        {
            get { return Native.lienthong_incoming_attempt(handle); }
        }

        /// <summary>Whether it was shown before.</summary>
        public bool Redelivered
        {
            get { return Attempt > 1; }
        }

        /// <summary>Whether it is a recall, update or replacement to agree to or decline.</summary>
        public bool IsAction
        {
            get { return Native.lienthong_incoming_is_action(handle) != 0; }
        }

        /// <summary>The id of the received document that it acts on; null where there is none.
        /// </summary>
        public string ActsOn
        {
            get { return Read(Native.lienthong_incoming_acts_on); }
        }

        /// <summary>The id of our document that it answers; null where there is none.</summary>
        public string Answers
        {
            get { return Read(Native.lienthong_incoming_answers); }
        }

        /// <summary>Whether another one with the same sender, id and type and with another content is
        /// there.</summary>
        public bool Conflict
        {
            get { return Native.lienthong_incoming_conflict(handle) != 0; }
        }

        /// <summary>All of it as JSON. It holds what people wrote: not for logs.</summary>
        public string ToJson()
        {
            IntPtr json, error;
            Call.Check(Native.lienthong_incoming_json(handle, out json, out error), error);
            return Call.Take(json);
        }

        /// <summary>The packet, to read its fields and attachments. It is freed by itself.</summary>
        public Packet OpenPacket()
        {
            PacketHandle packet;
            IntPtr error;
            Call.Check(Native.lienthong_incoming_packet(handle, out packet, out error), error);
            return new Packet(packet);
        }

        /// <summary>Frees it. Decides nothing.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }

        // The text is good as long as the handle, which must not be freed before it is copied.
        private string Read(Func<IncomingHandle, IntPtr> ask)
        {
            bool held = false;
            try
            {
                handle.DangerousAddRef(ref held);
                return Call.Read(ask(handle));
            }
            finally
            {
                if (held)
                {
                    handle.DangerousRelease();
                }
            }
        }
    }
}
