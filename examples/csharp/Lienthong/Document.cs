// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;

namespace Lienthong
{
    /// <summary>A document to be sent: the elements of its header, and its files. For one thread at a
    /// time. It can be checked, written and sent any number of times, and changed in between.</summary>
    public sealed class Document : IDisposable
    {
        private readonly DocumentHandle handle;

        /// <summary>An empty document.</summary>
        /// <param name="config">Which files travel as they are, and the limits of the check; null is
        /// all defaults.</param>
        public Document(Config config = null)
        {
            Call.Ready();
            IntPtr error;
            Call.Check(
                Native.lienthong_document_new(Config.Of(config), out handle, out error), error);
        }

        private Document(DocumentHandle handle)
        {
            this.handle = handle;
        }

        internal DocumentHandle Handle
        {
            get { return handle; }
        }

        /// <summary>A document from JSON: the value of "document" in packet.schema.json, without
        /// AttachmentEncoded.</summary>
        public static Document FromJson(string json, Config config = null)
        {
            Call.Ready();
            IntPtr error;
            DocumentHandle handle;
            Call.Check(
                Native.lienthong_document_from_json(
                    Config.Of(config), Call.Text(json), out handle, out error),
                error);
            return new Document(handle);
        }

        /// <summary>Sets an element by its path, e.g. "Subject" or "To[2]/OrganId"; null takes it
        /// away.</summary>
        public Document Set(string element, string value)
        {
            IntPtr error;
            Call.Check(
                Native.lienthong_document_set(
                    handle, Call.Text(element), Call.Text(value), out error),
                error);
            return this;
        }

        /// <summary>The text of an element; null where it is absent.</summary>
        public string Get(string element)
        {
            IntPtr value, error;
            Call.Check(
                Native.lienthong_document_get(handle, Call.Text(element), out value, out error),
                error);
            return Call.Take(value);
        }

        /// <summary>Makes the document act on an earlier one of the same organ. Call it when the
        /// receivers are set.</summary>
        public Document ActOn(DocumentAction action, string documentId, string reason = null)
        {
            IntPtr error;
            Call.Check(
                Native.lienthong_document_act_on(
                    handle, (int)action, Call.Text(documentId), Call.Text(reason), out error),
                error);
            return this;
        }

        /// <summary>Attaches a file on disk, which must stay as it is until the document is sent.
        /// </summary>
        /// <param name="path">The file.</param>
        /// <param name="name">Its name for the receiver; null is that of the path.</param>
        /// <param name="description">What it is; may be null.</param>
        /// <param name="contentId">Its id in the packet; null has one made.</param>
        public Document AttachFile(
            string path, string name = null, string description = null, string contentId = null)
        {
            IntPtr error;
            Call.Check(
                Native.lienthong_document_attach_path(
                    handle, Call.Text(path), Call.Text(name), Call.Text(description),
                    Call.Text(contentId), out error),
                error);
            return this;
        }

        /// <summary>Attaches bytes, which are copied.</summary>
        public Document Attach(
            string name, byte[] data, string description = null, string contentId = null)
        {
            IntPtr error;
            Call.Check(
                Native.lienthong_document_attach_bytes(
                    handle, Call.Text(name), data, Call.Length(data), Call.Text(description),
                    Call.Text(contentId), out error),
                error);
            return this;
        }

        /// <summary>Attaches what a stream gives, read to its end at once. What the stream throws is
        /// thrown here, and nothing is attached.</summary>
        public Document Attach(
            string name, Stream stream, string description = null, string contentId = null)
        {
            StreamCall.Read(
                stream,
                (lienthong_read_fn read, out IntPtr error) =>
                    Native.lienthong_document_attach_callback(
                        handle, Call.Text(name), read, IntPtr.Zero, Call.Text(description),
                        Call.Text(contentId), out error));
            return this;
        }

        /// <summary>The header as JSON, as it stands.</summary>
        public string ToJson()
        {
            IntPtr json, error;
            Call.Check(Native.lienthong_document_json(handle, out json, out error), error);
            return Call.Take(json);
        }

        /// <summary>What a check finds, as a JSON list. It may be sent where none has the severity
        /// "error".</summary>
        public string Check()
        {
            IntPtr findings, error;
            Call.Check(Native.lienthong_document_check(handle, out findings, out error), error);
            return Call.Take(findings);
        }

        /// <summary>Writes the packet into a new file and gives its length. One that is there already
        /// is left alone (<see cref="ErrorCode.Io"/>).</summary>
        public long Save(string path)
        {
            ulong length;
            IntPtr error;
            Call.Check(
                Native.lienthong_document_to_path(
                    handle, Call.Text(path), out length, out error),
                error);
            return checked((long)length);
        }

        /// <summary>The packet's bytes.</summary>
        public byte[] ToBytes()
        {
            IntPtr data, error;
            UIntPtr length;
            Call.Check(
                Native.lienthong_document_to_bytes(handle, out data, out length, out error), error);
            return Call.Take(data, length);
        }

        /// <summary>Writes the packet's bytes to a stream, when it is whole, and gives their number.
        /// What the stream throws is thrown here.</summary>
        public long WriteTo(Stream stream)
        {
            ulong length = 0;
            StreamCall.Write(
                stream,
                (lienthong_write_fn write, out IntPtr error) =>
                    Native.lienthong_document_to_callback(
                        handle, write, IntPtr.Zero, out length, out error));
            return checked((long)length);
        }

        /// <summary>Frees it. What was sent of it stays sent.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }
    }
}
