// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;

namespace Lienthong
{
    /// <summary>A packet that was read: its header, findings, and the way to its bytes. It does not
    /// change; any number of threads may use it.</summary>
    public sealed class Packet : IDisposable
    {
        private readonly PacketHandle handle;

        internal Packet(PacketHandle handle)
        {
            this.handle = handle;
        }

        /// <summary>Whether it could be read to its end.</summary>
        public bool Readable
        {
            get { return Native.lienthong_packet_readable(handle) != 0; }
        }

        /// <summary>What stands in it.</summary>
        public PacketKind Kind
        {
            get { return (PacketKind)Native.lienthong_packet_kind(handle); }
        }

        /// <summary>How many attachments it has. They are numbered from 1.</summary>
        public int AttachmentCount
        {
            get { return checked((int)Native.lienthong_packet_attachment_count(handle)); }
        }

        internal PacketHandle Handle
        {
            get { return handle; }
        }

        /// <summary>Reads the packet in a file, in constant memory. The file must stay as it is as
        /// long as this is used. A packet that cannot be read is no failure: see
        /// <see cref="Readable"/>.</summary>
        public static Packet FromFile(string path, Config config = null)
        {
            Call.Ready();
            PacketHandle handle;
            IntPtr error;
            Call.Check(
                Native.lienthong_packet_from_path(
                    Config.Of(config), Call.Text(path), out handle, out error),
                error);
            return new Packet(handle);
        }

        /// <summary>Reads the packet in memory; its bytes are copied.</summary>
        public static Packet FromBytes(byte[] data, Config config = null)
        {
            Call.Ready();
            PacketHandle handle;
            IntPtr error;
            Call.Check(
                Native.lienthong_packet_from_bytes(
                    Config.Of(config), data, Call.Length(data), out handle, out error),
                error);
            return new Packet(handle);
        }

        /// <summary>The packet as JSON, as packet.schema.json says. It holds what people wrote: not
        /// for logs.</summary>
        public string ToJson()
        {
            IntPtr json, error;
            Call.Check(Native.lienthong_packet_json(handle, out json, out error), error);
            return Call.Take(json);
        }

        /// <summary>The text of an element of the header by its path, e.g. "From/OrganId"; null where
        /// it is absent.</summary>
        public string Get(string element)
        {
            IntPtr value, error;
            Call.Check(
                Native.lienthong_packet_element(handle, Call.Text(element), out value, out error),
                error);
            return Call.Take(value);
        }

        /// <summary>How many there are of an element or group, e.g. "To".</summary>
        public int Count(string element)
        {
            UIntPtr count;
            IntPtr error;
            Call.Check(
                Native.lienthong_packet_element_count(
                    handle, Call.Text(element), out count, out error),
                error);
            return checked((int)count);
        }

        /// <summary>What a check finds, as a JSON list.</summary>
        /// <param name="sending">As one about to be sent, not as one received.</param>
        /// <param name="profile">The axis: "national" (null) or "provincial".</param>
        public string Check(bool sending = false, string profile = null)
        {
            IntPtr findings, error;
            Call.Check(
                Native.lienthong_packet_check(
                    handle, sending ? 1 : 0, Call.Text(profile), out findings, out error),
                error);
            return Call.Take(findings);
        }

        /// <summary>The worst severity that a check finds.</summary>
        public Severity Worst(bool sending = false, string profile = null)
        {
            int severity;
            IntPtr error;
            Call.Check(
                Native.lienthong_packet_worst(
                    handle, sending ? 1 : 0, Call.Text(profile), out severity, out error),
                error);
            return (Severity)severity;
        }

        /// <summary>What differs in the header between this document, as it was sent, and how it
        /// came, as a JSON list of findings.</summary>
        public string Compare(Packet came)
        {
            if (came == null)
            {
                throw new ArgumentNullException("came");
            }
            IntPtr findings, error;
            Call.Check(
                Native.lienthong_packet_compare(handle, came.handle, out findings, out error),
                error);
            return Call.Take(findings);
        }

        /// <summary>The meaning digest, 64 hexadecimal digits; null where it has none.</summary>
        public string MeaningDigest()
        {
            IntPtr digest, error;
            Call.Check(
                Native.lienthong_packet_meaning_digest(handle, out digest, out error), error);
            return Call.Take(digest);
        }

        /// <summary>Writes the packet's own bytes into a new file and gives their number.</summary>
        public long Save(string path)
        {
            ulong length;
            IntPtr error;
            Call.Check(
                Native.lienthong_packet_to_path(handle, Call.Text(path), out length, out error),
                error);
            return checked((long)length);
        }

        /// <summary>Writes the packet's own bytes to a stream and gives their number.</summary>
        public long WriteTo(Stream stream)
        {
            ulong length = 0;
            StreamCall.Write(
                stream,
                (lienthong_write_fn write, out IntPtr error) =>
                    Native.lienthong_packet_to_callback(
                        handle, write, IntPtr.Zero, out length, out error));
            return checked((long)length);
        }

        /// <summary>What is known of an attachment, as JSON: AttachmentName, Size, Sha256, ... Its
        /// name is the sender's and no safe file name.</summary>
        public string Attachment(int number)
        {
            IntPtr json, error;
            Call.Check(
                Native.lienthong_packet_attachment(handle, Call.Size(number), out json, out error),
                error);
            return Call.Take(json);
        }

        /// <summary>Writes an attachment into a new file and gives its length.</summary>
        public long SaveAttachment(int number, string path)
        {
            ulong length;
            IntPtr error;
            Call.Check(
                Native.lienthong_packet_attachment_to_path(
                    handle, Call.Size(number), Call.Text(path), out length, out error),
                error);
            return checked((long)length);
        }

        /// <summary>The bytes of an attachment.</summary>
        public byte[] AttachmentBytes(int number)
        {
            IntPtr data, error;
            UIntPtr length;
            Call.Check(
                Native.lienthong_packet_attachment_to_bytes(
                    handle, Call.Size(number), out data, out length, out error),
                error);
            return Call.Take(data, length);
        }

        /// <summary>Writes an attachment to a stream and gives its length. What was written is good
        /// only where this succeeds.</summary>
        public long WriteAttachmentTo(int number, Stream stream)
        {
            ulong length = 0;
            StreamCall.Write(
                stream,
                (lienthong_write_fn write, out IntPtr error) =>
                    Native.lienthong_packet_attachment_to_callback(
                        handle, Call.Size(number), write, IntPtr.Zero, out length, out error));
            return checked((long)length);
        }

        /// <summary>Writes every attachment into a folder under safe and unique names, and gives the
        /// files as a JSON list: number, path, raw_path.</summary>
        /// <param name="folder">It is made where it is missing; no file in it is overwritten.</param>
        /// <param name="keepRaw">Keep a ZIP that travelled beside the file in it.</param>
        public string Extract(string folder, bool keepRaw = false)
        {
            IntPtr files, error;
            Call.Check(
                Native.lienthong_packet_extract(
                    handle, Call.Text(folder), keepRaw ? 1 : 0, out files, out error),
                error);
            return Call.Take(files);
        }

        /// <summary>Frees it. Files and stores are untouched.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }
    }
}
