// Generated from lienthong.h by `cargo xtask generate`: change the source, not this file.
// SPDX-License-Identifier: Apache-2.0
namespace Lienthong
{
    /// <summary>What a packet of the axis is.</summary>
    public enum MessageType
    {
        /// <summary>A document with its attachments.</summary>
        Edoc = 1,

        /// <summary>A status.</summary>
        Status = 2,
    }

    /// <summary>What the axis is told of a packet that was fetched.</summary>
    public enum Acknowledgement
    {
        /// <summary>The packet is being taken over; it stays in the queue.</summary>
        Processing = 1,

        /// <summary>The packet is kept; it leaves the queue.</summary>
        Done = 2,

        /// <summary>The packet cannot be taken; it leaves the queue (assumed).</summary>
        Fail = 3,
    }

    /// <summary>Whether the same may be tried again.</summary>
    public enum Retry
    {
        /// <summary>It will fail again until something is changed.</summary>
        Never = 1,

        /// <summary>It may be tried again without harm.</summary>
        Safe = 2,

        /// <summary>It may be tried again, but what was sent may arrive twice.</summary>
        MayDuplicate = 3,
    }

    /// <summary>Who has to act.</summary>
    public enum WhoActs
    {
        /// <summary>The one who sends the packet, or the program that builds it.</summary>
        Sender = 1,

        /// <summary>The one who receives the packet.</summary>
        Receiver = 2,

        /// <summary>The operator of this installation.</summary>
        Operator = 3,

        /// <summary>The developer who calls this library.</summary>
        Developer = 4,

        /// <summary>The authority that issues certificates.</summary>
        CertificateAuthority = 5,
    }

    /// <summary>What a document does to an earlier one.</summary>
    public enum DocumentAction
    {
        /// <summary>For `lienthong_document_act_on`: takes an earlier document back.</summary>
        Recall = 1,

        /// <summary>For `lienthong_document_act_on`: changes an earlier document.</summary>
        Update = 2,

        /// <summary>For `lienthong_document_act_on`: stands in the place of an earlier document.</summary>
        Replace = 3,
    }

    /// <summary>How much a line of the log matters.</summary>
    public enum LogLevel
    {
        /// <summary>What went wrong and needs somebody.</summary>
        Error = 1,

        /// <summary>What somebody should look at.</summary>
        Warning = 2,

        /// <summary>What happened.</summary>
        Info = 3,

        /// <summary>What helps to find a fault.</summary>
        Debug = 4,

        /// <summary>Everything.</summary>
        Trace = 5,
    }

    /// <summary>What stands in a packet.</summary>
    public enum PacketKind
    {
        /// <summary>Neither document nor status, or unreadable.</summary>
        Unknown = 0,

        /// <summary>A document.</summary>
        Document = 1,

        /// <summary>A status.</summary>
        Status = 2,
    }

    /// <summary>How bad the worst finding is.</summary>
    public enum Severity
    {
        /// <summary>Nothing was found.</summary>
        None = 0,

        /// <summary>An oddity; nothing is lost by it.</summary>
        Note = 1,

        /// <summary>It would surprise a receiver.</summary>
        Warning = 2,

        /// <summary>A working axis would refuse it, a rebuild would lose it, or it cannot be read.</summary>
        Error = 3,
    }

    /// <summary>Whether a document holds state secrets. There is no default.</summary>
    public enum StateSecret
    {
        /// <summary>The document holds no state secrets.</summary>
        NotContained = 1,

        /// <summary>The document holds state secrets: it is refused with state-secret (Decision 28/2018, art. 1.2).</summary>
        Contained = 2,
    }

    /// <summary>What is put over a packet.</summary>
    public enum Signing
    {
        /// <summary>A signature (XMLDSig) over the whole packet, which a hop that rebuilds packets breaks.</summary>
        Packet = 1,

        /// <summary>A seal (niêm phong): an attachment that vouches for header and files through such a hop.</summary>
        Seal = 2,

        /// <summary>A seal, and a signature over the packet with the seal in it.</summary>
        Both = 3,
    }

    /// <summary>The codes that are known here. Newer libraries have more: <see cref="Library.ErrorKinds"/>
    /// lists those of the one that is loaded.</summary>
    public static class ErrorCode
    {
        /// <summary>invalid-argument: An argument is not acceptable. Correct the call.</summary>
        public const int InvalidArgument = 1;

        /// <summary>config-unknown-key: There is no such configuration key. See the configuration reference.</summary>
        public const int ConfigUnknownKey = 2;

        /// <summary>config-invalid-value: The value of a configuration key is out of its range or form. See the
        /// configuration reference.</summary>
        public const int ConfigInvalidValue = 3;

        /// <summary>io: A file or stream could not be read or written. Check the path, the rights and the free
        /// space.</summary>
        public const int Io = 4;

        /// <summary>packet-unreadable: The packet cannot be read; the finding says why. Its bytes are untouched.
        /// Ask the sender for it again.</summary>
        public const int PacketUnreadable = 5;

        /// <summary>packet-impossible: The packet would not arrive as it is; the findings say what to correct.</summary>
        public const int PacketImpossible = 6;

        /// <summary>attachment-length: An attachment's source gave another number of bytes than was stated. Open
        /// the file anew and build the packet again.</summary>
        public const int AttachmentLength = 7;

        /// <summary>attachment-unreadable: The attachment's data in the packet cannot be decoded. Ask the sender
        /// for it again.</summary>
        public const int AttachmentUnreadable = 8;

        /// <summary>attachment-too-large: An attachment that has to be wrapped in a ZIP is larger than a ZIP can
        /// hold (4 GiB).</summary>
        public const int AttachmentTooLarge = 9;

        /// <summary>config-missing: A configuration key that is needed here has no value. Set it.</summary>
        public const int ConfigMissing = 20;

        /// <summary>axis-plaintext: The connection to the axis must be encrypted (Decision 28/2018, art. 13).
        /// Use https, or set axis.allow_plaintext where the network itself is encrypted.</summary>
        public const int AxisPlaintext = 21;

        /// <summary>axis-unreachable: No connection to the axis; nothing was sent. Check address, network and
        /// axis, then try again.</summary>
        public const int AxisUnreachable = 22;

        /// <summary>axis-untrusted: No encrypted connection could be agreed with the axis; nothing was sent.
        /// Check its certificate, axis.ca_file and the client certificate.</summary>
        public const int AxisUntrusted = 23;

        /// <summary>axis-interrupted: The connection ended before the packet was sent whole, so the axis cannot
        /// have it. Try again.</summary>
        public const int AxisInterrupted = 24;

        /// <summary>axis-no-answer: The axis gave no whole answer. The call may be repeated without harm.</summary>
        public const int AxisNoAnswer = 25;

        /// <summary>axis-sent-no-answer: The packet was sent, but no valid answer came: the axis may have it or
        /// not. Send the same bytes again; the receiver may see them twice.</summary>
        public const int AxisSentNoAnswer = 26;

        /// <summary>axis-not-an-answer: What came back is not an answer of this axis. Check what stands between
        /// here and the axis, then try again.</summary>
        public const int AxisNotAnAnswer = 27;

        /// <summary>axis-answer-too-large: The answer of the axis passes a limit. Raise the configuration key
        /// that is named, if such answers are expected.</summary>
        public const int AxisAnswerTooLarge = 28;

        /// <summary>axis-refused-packet: The axis refuses the packet. Correct it and send it as a new one.</summary>
        public const int AxisRefusedPacket = 29;

        /// <summary>axis-refused-organ: The axis does not know or has locked an organ. Compare the directory.</summary>
        public const int AxisRefusedOrgan = 30;

        /// <summary>axis-credentials: The axis refuses system id or secret. Check axis.system_id and
        /// axis.secret.</summary>
        public const int AxisCredentials = 31;

        /// <summary>axis-try-later: The axis reports a fault of its own. Try again later, within limits.</summary>
        public const int AxisTryLater = 32;

        /// <summary>axis-unknown-refusal: The axis refuses with a code that is not known here. Ask its operator
        /// what it means; trying again does no harm.</summary>
        public const int AxisUnknownRefusal = 33;

        /// <summary>axis-not-tried: Nothing was sent to these recipients, because an earlier part of the same
        /// sending failed. Try again when its reason is gone.</summary>
        public const int AxisNotTried = 34;

        /// <summary>packet-changed: The packet's bytes changed while it was being sent; it was not sent whole.
        /// Keep the file untouched and send it again.</summary>
        public const int PacketChanged = 35;

        /// <summary>closed: The handle is closed. Open a new one.</summary>
        public const int Closed = 36;

        /// <summary>after-fork: A connector was open when this process was forked. Open connectors after the
        /// fork only, or start a new program.</summary>
        public const int AfterFork = 37;

        /// <summary>out-of-resources: The system gave no thread or no event queue. Check its limits.</summary>
        public const int OutOfResources = 38;

        /// <summary>store-in-use: Another worker holds this store. Only one may: open as client
        /// (connector.role), or stop the other.</summary>
        public const int StoreInUse = 40;

        /// <summary>store-on-network: The store lies on a network file system, whose locks and syncs cannot be
        /// trusted. Put store.path on a local disk.</summary>
        public const int StoreOnNetwork = 41;

        /// <summary>store-newer: The store was written by a newer version of this library. Use that version or
        /// newer.</summary>
        public const int StoreNewer = 42;

        /// <summary>store-full: The disk of the store is full; nothing was stored. Free space, then try again.</summary>
        public const int StoreFull = 43;

        /// <summary>store-failed: The store could not be read or written; nothing was changed. Check disk and
        /// rights of store.path.</summary>
        public const int StoreFailed = 44;

        /// <summary>internal: The library contradicts itself: a fault of its own. Report it.</summary>
        public const int Internal = 45;

        /// <summary>state-secret: Documents with state secrets must not be sent this way (Decision 28/2018, art.
        /// 1.2); nothing was stored.</summary>
        public const int StateSecret = 46;

        /// <summary>document-id-taken: A document with this id and type but another content was sent already;
        /// nothing was stored. Give the new one an id of its own.</summary>
        public const int DocumentIdTaken = 47;

        /// <summary>not-found: There is no such packet in this store.</summary>
        public const int NotFound = 48;

        /// <summary>lease-lost: This hand-off is over: it was decided, or shown again after its lease. Poll
        /// again.</summary>
        public const int LeaseLost = 49;

        /// <summary>status-illegal: This status does not follow from where the document stands; nothing was
        /// sent. See the table of transitions.</summary>
        public const int StatusIllegal = 50;

        /// <summary>document-frozen: The document was recalled: nothing may be done with it any more.</summary>
        public const int DocumentFrozen = 51;

        /// <summary>payload-gone: The packet's bytes are not kept any more: purged by age, or destroyed after a
        /// recall.</summary>
        public const int PayloadGone = 52;

        /// <summary>not-own-organ: The organ is not one of this connector's own. Check connector.organs.</summary>
        public const int NotOwnOrgan = 53;

        /// <summary>not-for-client: Only the worker of a store can do this. Call it in the worker's process.</summary>
        public const int NotForClient = 54;

        /// <summary>already-signed: The document carries an XML signature already, which a second one would break;
        /// nothing was signed.</summary>
        public const int AlreadySigned = 60;

        /// <summary>not-signable: The document cannot be signed as it is; the cause says why.</summary>
        public const int NotSignable = 61;

        /// <summary>signer-unfit: Key, certificate and algorithm of the signer do not belong together; nothing was
        /// signed. Check the key and its certificate.</summary>
        public const int SignerUnfit = 62;

        /// <summary>key-unreadable: The key file holds no key that can be used; the reason says why. Give PEM,
        /// PKCS#8 or PKCS#12.</summary>
        public const int KeyUnreadable = 70;

        /// <summary>key-password: The password of the key file is missing or wrong, or the file is damaged.</summary>
        public const int KeyPassword = 71;

        /// <summary>key-unsuitable: The key cannot sign: RSA with 2048 to 4096 bits, P-256 and P-384 can, with an
        /// algorithm of their own kind.</summary>
        public const int KeyUnsuitable = 72;

        /// <summary>key-certificate: No readable certificate belongs to the key. Give the certificate file of this
        /// very key.</summary>
        public const int KeyCertificate = 73;

        /// <summary>signing-failed: The key made no signature; nothing was sent. Try again, then check the key.</summary>
        public const int SigningFailed = 74;

        /// <summary>trust-unreadable: A file in the trust folder is not what its name says. Correct or remove it.</summary>
        public const int TrustUnreadable = 75;

        /// <summary>organs-unreadable: The file that maps certificates to organs has a line that cannot be read.
        /// Correct it.</summary>
        public const int OrgansUnreadable = 76;
    }
}
