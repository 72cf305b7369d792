// One test for each hazard of using a C library from .NET.
//
// Usage: Hazards.exe FOLDER URL KEYS, with a test axis (connector-ffi/tests/c/axis.toml) at the URL
// and made-up keys in the folder KEYS (xtask/src/keys.rs).
using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using Lienthong;

internal static class Hazards
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static string folder;
    private static string url;
    private static string keys;

    private static int Main(string[] arguments)
    {
        folder = arguments[0];
        url = arguments[1];
        keys = arguments[2];
        Directory.CreateDirectory(folder);
        Action[] tests =
        {
            TheThirteenCalls,
            AnErrorHasEveryField,
            EveryCodeOfTheLibraryIsKnownHere,
            WhatWasDisposedIsRefused,
            DisposingTwiceIsFine,
            WhatAStreamThrowsIsThrownAgain,
            StreamsAndBytesAreTheSame,
            ATextThatIsNoneIsRefused,
            VietnameseSurvivesAConsoleWithoutIt,
            ALogLivesAsLongAsWhatLogsToIt,
            ALogThatThrowsDisturbsNobody,
            EightThreadsShareOneConnector,
            WhatIsSignedIsProven,
            WhatASignerThrowsIsTold,
            DisposingEndsACallThatWaits,
            WhatIsForgottenIsFinalised,
        };
        int failed = 0;
        foreach (Action test in tests)
        {
            try
            {
                test();
                Collect();
                Check(Library.LiveHandles == 0, Library.LiveHandles + " objects were left behind");
                Console.WriteLine("ok     " + test.Method.Name);
            }
            catch (Exception exception)
            {
                failed++;
                Console.WriteLine("FAILED " + test.Method.Name + ": " + exception);
            }
        }
        return failed == 0 ? 0 : 1;
    }

    private static void AnErrorHasEveryField()
    {
        using (Config config = new Config())
        {
            LienthongException error =
                Throws<LienthongException>(() => config.Set("axis.ulr", "http://a"));
            Check(error.Code == ErrorCode.ConfigUnknownKey, "code");
            Check(error.Name == "config-unknown-key", "name");
            Check(error.Message.Contains("axis.ulr"), "English: " + error.Message);
            Check(error.MessageVietnamese.Contains("axis.ulr"), "Vietnamese names the key");
            Check(error.Message != error.MessageVietnamese, "two languages");
            Check(error.RemoteCode == null, "no far side");
            Check(error.Retry == Retry.Never && error.WhoActs == WhoActs.Operator, "what to do");
            Check(error.Operation.Length > 0, "operation");
            Check(error.Context["key"] == "axis.ulr", "context");
            Check(error.Findings == "[]", "findings");
            Check(Library.JsonGet(error.Json, "/kind") == "config-unknown-key", "JSON");
            Check(config.Get("axis.secret") == null, "a secret is not told");
            Check(config.Set("axis.url", "http://a").Get("axis.url") == "http://a", "a value");
        }
        Check(Library.Version.Split('.').Length == 3, "version");
        Check(Library.FindingCodes().StartsWith("["), "findings");
        Check(Config.Keys().Contains("axis.url"), "keys");
    }

    private static void EveryCodeOfTheLibraryIsKnownHere()
    {
        Dictionary<int, string> known = new Dictionary<int, string>();
        foreach (FieldInfo field in typeof(ErrorCode).GetFields())
        {
            known[(int)field.GetValue(null)] = field.Name.ToLowerInvariant();
        }
        foreach (ErrorKind kind in Library.ErrorKinds())
        {
            Check(known[kind.Code] == kind.Name.Replace("-", ""), kind.Name);
            Check(kind.Message.Length > 0 && kind.MessageVietnamese.Length > 0, "both languages");
            Check(kind.Retry != 0 && kind.WhoActs != 0, "what to do");
            known.Remove(kind.Code);
        }
        Check(known.Count == 0, known.Count + " codes are not the library's");
    }

    private static void WhatWasDisposedIsRefused()
    {
        Config config = NewConfig("disposed", "a");
        Document document = NewDocument("1");
        Packet packet = Packet.FromBytes(document.ToBytes());
        Connector connector = new Connector(config);
        Client client = new Client(config);
        foreach (IDisposable one in new IDisposable[] { config, packet, connector, client })
        {
            one.Dispose();
        }
        Throws<ObjectDisposedException>(() => config.Set("axis.url", "http://a"));
        Throws<ObjectDisposedException>(() => new Document(config));
        Throws<ObjectDisposedException>(() => Ignore(packet.Kind));
        Throws<ObjectDisposedException>(() => packet.ToJson());
        Throws<ObjectDisposedException>(() => connector.Stats());
        Throws<ObjectDisposedException>(() => connector.Send(document, StateSecret.NotContained));
        Throws<ObjectDisposedException>(() => client.Agencies());
        document.Dispose();
        Throws<ObjectDisposedException>(() => document.Attach("a.txt", Stream.Null));
        // Closed is not disposed: the library says so itself.
        using (Config other = NewConfig("closed", "a"))
        using (Connector closed = new Connector(other))
        {
            Check(closed.Close(TimeSpan.FromSeconds(5)), "closed in time");
            Check(closed.Close(TimeSpan.FromSeconds(5)), "closed twice");
            Fails(ErrorCode.Closed, () => closed.Poll(TimeSpan.Zero));
        }
    }

    private static void DisposingTwiceIsFine()
    {
        using (Config config = NewConfig("twice", "a"))
        {
            Connector connector = new Connector(config);
            connector.Dispose();
            connector.Dispose();
            Client client = new Client(config);
            client.Dispose();
            client.Dispose();
            Document document = NewDocument("1");
            document.Dispose();
            document.Dispose();
            config.Dispose();
        }
    }

    private static void WhatAStreamThrowsIsThrownAgain()
    {
        using (Config config = NewConfig("throws", "a"))
        using (Connector connector = new Connector(config))
        using (Document document = NewDocument("1"))
        {
            Broken broken = new Broken();
            Check(Throws<TimeoutException>(() => document.Attach("a.txt", broken)) == broken.Thrown,
                  "the very exception");
            Throws<TimeoutException>(() => document.WriteTo(broken));
            Throws<TimeoutException>(() => connector.SendPacket(broken, StateSecret.NotContained));
            Check(connector.FindSent("H99.01", "H99.01,2026/03/04,1/STD-VP") == "[]", "not stored");
            document.Attach("a.txt", new MemoryStream(Encoding.UTF8.GetBytes("whole")));
            using (Packet packet = Packet.FromBytes(document.ToBytes()))
            {
                Check(packet.AttachmentCount == 1, "only the whole one is attached");
                Throws<TimeoutException>(() => packet.WriteAttachmentTo(1, broken));
                Throws<TimeoutException>(() => packet.WriteTo(broken));
            }
            Throws<ArgumentNullException>(() => document.WriteTo(null));
        }
    }

    private static void StreamsAndBytesAreTheSame()
    {
        byte[] file = new byte[3 * 1024 * 1024 + 1];
        new Random(1).NextBytes(file);
        string path = Path.Combine(folder, "Văn bản.edxml");
        using (Document document = NewDocument("1"))
        {
            document.Attach("lớn.bin", new MemoryStream(file), "mô tả").Attach("rỗng.txt", new byte[0]);
            MemoryStream written = new MemoryStream();
            long length = document.WriteTo(written);
            byte[] bytes = document.ToBytes();
            Check(length == bytes.Length && Same(bytes, written.ToArray()), "two ways to write");
            Check(document.Save(path) == length && Same(bytes, File.ReadAllBytes(path)), "a third");
            Fails(ErrorCode.Io, () => document.Save(path));
            using (Document again = Document.FromJson(document.ToJson()))
            {
                Check(again.Get("Subject") == document.Get("Subject"), "JSON");
            }
            Check(document.Check().StartsWith("["), "findings");
            using (Packet packet = Packet.FromFile(path))
            {
                Check(packet.Readable && packet.Kind == PacketKind.Document, "a document");
                Check(packet.Get("Subject") == "V/v thí dụ" && packet.Count("To") == 1, "header");
                Check(packet.Get("Content") == null, "an element that is absent is null");
                Check(Same(packet.AttachmentBytes(1), file), "bytes");
                MemoryStream read = new MemoryStream();
                Check(packet.WriteAttachmentTo(1, read) == file.Length, "length");
                Check(Same(read.ToArray(), file), "stream");
                string single = Path.Combine(folder, "lớn.bin");
                Check(packet.SaveAttachment(1, single) == file.Length, "file");
                Check(packet.AttachmentBytes(2).Length == 0, "empty");
                Check(Library.JsonGet(packet.Attachment(1), "/Size") == "" + file.Length, "JSON");
                Check(packet.MeaningDigest().Length == 64, "digest");
                Check(packet.Compare(packet) == "[]", "equal to itself");
                Check(packet.Worst() != Severity.Error && packet.Check().StartsWith("["), "check");
                MemoryStream copy = new MemoryStream();
                Check(packet.WriteTo(copy) == length && Same(copy.ToArray(), bytes), "its bytes");
                Fails(ErrorCode.InvalidArgument, () => packet.AttachmentBytes(3));
                Throws<OverflowException>(() => packet.AttachmentBytes(-1));
            }
            document.Set("To[2]/OrganId", "H99.03").ActOn(DocumentAction.Update, "H99.01-x", "lý do");
        }
        using (Packet nothing = Packet.FromBytes(new byte[0]))
        {
            Check(!nothing.Readable && nothing.Kind == PacketKind.Unknown, "not a packet");
        }
        Fails(ErrorCode.InvalidArgument, () => Library.StatusPacket("no JSON"));
    }

    private static void ATextThatIsNoneIsRefused()
    {
        using (Document document = NewDocument("1"))
        {
            Throws<ArgumentException>(() => document.Set("Subject", "cut\0off"));
            Throws<ArgumentException>(() => document.Set("Subject", "half \ud83d"));
            Check(document.Get("Subject") == "V/v thí dụ", "unchanged");
            document.Set("Subject", "cả 😀 nữa");
            Check(document.Get("Subject") == "cả 😀 nữa", "beyond the basic plane");
            document.Set("Subject", null);
            Check(document.Get("Subject") == null, "taken away");
        }
    }

    private static void VietnameseSurvivesAConsoleWithoutIt()
    {
        string path = Path.Combine(folder, "Công văn số 1 – Nghị định.txt");
        File.WriteAllText(path, "Kính gửi");
        using (Document document = NewDocument("1").AttachFile(path))
        using (Packet packet = Packet.FromBytes(document.ToBytes()))
        {
            string name = Library.JsonGet(packet.Attachment(1), "/AttachmentName");
            Check(name == "Công văn số 1 – Nghị định.txt", name);
            string inside = Path.Combine(folder, "giải nén");
            packet.Extract(inside);
            Check(Directory.GetFiles(inside).Length == 1, "extracted where .NET looks");
        }
    }

    private static void ALogLivesAsLongAsWhatLogsToIt()
    {
        int lines = 0;
        WeakReference kept;
        using (Connector connector = WithLog(() => Interlocked.Increment(ref lines), out kept))
        {
            // Config and delegate are nobody's but the library's now.
            for (int i = 0; i < 20; i++)
            {
                Fill();
                Collect();
                connector.ReceiveNow();
                connector.Poll(TimeSpan.FromMilliseconds(20));
            }
            Check(SpinWait.SpinUntil(() => lines > 0, Patience), "nothing was logged");
            Check(kept.IsAlive, "the delegate is kept");
        }
        for (int i = 0; i < 100 && kept.IsAlive; i++)
        {
            Collect();
            Thread.Sleep(10);
        }
        Check(!kept.IsAlive, "the delegate is let go at the end");
    }

    private static void ALogThatThrowsDisturbsNobody()
    {
        int lines = 0;
        WeakReference kept;
        Action line = () =>
        {
            Interlocked.Increment(ref lines);
            throw new InvalidOperationException("from the log");
        };
        using (Connector connector = WithLog(line, out kept))
        {
            Check(SpinWait.SpinUntil(() => lines > 0, Patience), "nothing was logged");
            Check(connector.Stats().StartsWith("{"), "it works on");
        }
        using (Config config = new Config())
        {
            Throws<ArgumentNullException>(() => config.SetLog(LogLevel.Info, null));
            Fails(ErrorCode.InvalidArgument,
                  () => config.SetLog((LogLevel)99, (level, target, message) => { }));
        }
    }

    private static void EightThreadsShareOneConnector()
    {
        const int Threads = 8, Each = 10;
        using (Config config = NewConfig("threads", "a"))
        using (Connector connector = new Connector(config))
        {
            List<Exception> thrown = new List<Exception>();
            HashSet<string> ids = new HashSet<string>();
            List<Thread> threads = new List<Thread>();
            for (int thread = 0; thread < Threads; thread++)
            {
                int first = thread * Each;
                threads.Add(new Thread(() =>
                {
                    try
                    {
                        for (int i = first; i < first + Each; i++)
                        {
                            using (Document document = NewDocument("" + (i + 1)))
                            {
                                document.Attach("a.txt", new MemoryStream(new byte[1000]));
                                string json = connector.Send(document, StateSecret.NotContained);
                                string id = Library.JsonGet(json, "/outgoing");
                                connector.Why(id);
                                lock (ids)
                                {
                                    ids.Add(id);
                                }
                            }
                            Throws<LienthongException>(() => connector.Why("out-999999"));
                        }
                    }
                    catch (Exception exception)
                    {
                        lock (thrown)
                        {
                            thrown.Add(exception);
                        }
                    }
                }));
            }
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            if (thrown.Count > 0)
            {
                throw thrown[0];
            }
            Check(ids.Count == Threads * Each, ids.Count + " ids");
        }
    }

    private static void WhatIsSignedIsProven()
    {
        using (Config config = new Config()
            .Set("signature.trust", Path.Combine(keys, "trust"))
            .Set("signature.policy", "strict")
            .Set("signature.key_file", Path.Combine(keys, "signer.p12"))
            .Set("signature.key_password", "made-up"))
        using (Verifier verifier = new Verifier(config))
        using (Signer file = new Signer(config))
        using (Signer token = HasCryptography ? Token(KeyOf().SignMessage) : new Signer(config))
        using (Document document = NewDocument("1"))
        using (Packet packet = Packet.FromBytes(document.ToBytes()))
        {
            bool met;
            string report = verifier.Verify(packet, out met);
            Check(!met && Library.JsonGet(report, "/authenticity") == "unproven", report);
            Signer[] signers = { file, token };
            foreach (Signer signer in signers)
            {
                DateTimeOffset now = DateTimeOffset.UtcNow;
                using (Packet both = Packet.FromBytes(signer.ToBytes(packet, Signing.Both, now)))
                {
                    report = verifier.Verify(both, out met);
                    Check(met && Library.JsonGet(report, "/authenticity") == "proven", report);
                    Check(Library.JsonGet(report, "/seal/verdict") == "valid", report);
                    report = verifier.Verify(both, out met, now.AddYears(50));
                    Check(!met, "for a time when the certificate will have ended");
                }
                Fails(ErrorCode.Io, () => signer.Save(packet, Signing.Seal, folder));
            }
            if (!HasCryptography)
            {
                return;
            }
            // With the library's own threads at work, and collections between.
            using (Config own = NewConfig("signs", "a").Set("signature.sign", "true"))
            using (Connector connector = new Connector(own, Token(KeyOf().SignMessage)))
            {
                for (int i = 1; i <= 5; i++)
                {
                    Collect();
                    using (Document one = NewDocument("" + i))
                    {
                        string id = Library.JsonGet(
                            connector.Send(one, StateSecret.NotContained), "/outgoing");
                        using (Packet stored = connector.OpenPacket(id))
                        {
                            Ignore(verifier.Verify(stored, out met));
                            Check(met, "what a connector signs is proven");
                        }
                    }
                }
            }
        }
    }

    private static void WhatASignerThrowsIsTold()
    {
        TimeoutException thrown = new TimeoutException("no token");
        using (Signer signer = Token(message => { throw thrown; }))
        using (Document document = NewDocument("1"))
        using (Packet packet = Packet.FromBytes(document.ToBytes()))
        {
            LienthongException error = Throws<LienthongException>(
                () => signer.ToBytes(packet, Signing.Packet));
            Check(error.Code == ErrorCode.SigningFailed, error.Name);
            Check(error.InnerException == thrown, "the very exception");
        }
        using (Signer signer = Token(message => new byte[4096]))
        using (Document document = NewDocument("1"))
        using (Packet packet = Packet.FromBytes(document.ToBytes()))
        {
            Fails(ErrorCode.SigningFailed, () => signer.ToBytes(packet, Signing.Packet));
        }
        Fails(ErrorCode.InvalidArgument, () => new Signer("rot13", null, message => null));
    }

    /// <summary>.NET Core 3.1 wants an OpenSSL older than what a system of today has.</summary>
    private static bool HasCryptography
    {
        get { return Type.GetType("Mono.Runtime") != null; }
    }

    /// <summary>A key that stays where it is, as in a token.</summary>
    private sealed class Key
    {
        internal RSACryptoServiceProvider Rsa;

        internal byte[] SignMessage(byte[] message)
        {
            lock (Rsa)
            {
                return Rsa.SignData(message, "SHA256");
            }
        }
    }

    private static Key KeyOf()
    {
        string path = Path.Combine(keys, "signer.p12");
        X509Certificate2 certificate =
            new X509Certificate2(path, "made-up", X509KeyStorageFlags.Exportable);
        RSACryptoServiceProvider rsa = new RSACryptoServiceProvider();
        rsa.ImportParameters(((RSA)certificate.PrivateKey).ExportParameters(true));
        return new Key { Rsa = rsa };
    }

    private static Signer Token(SignMessage sign)
    {
        byte[] certificate = File.ReadAllBytes(Path.Combine(keys, "signer.der"));
        return new Signer("rsa-sha256", certificate, sign);
    }

    private static void DisposingEndsACallThatWaits()
    {
        using (Config config = NewConfig("waits", "a"))
        {
            Connector connector = new Connector(config);
            Exception thrown = null;
            ManualResetEvent entered = new ManualResetEvent(false);
            Thread waiting = new Thread(() =>
            {
                try
                {
                    entered.Set();
                    connector.Poll(TimeSpan.FromMinutes(10));
                }
                catch (Exception exception)
                {
                    thrown = exception;
                }
            });
            waiting.Start();
            entered.WaitOne();
            connector.Dispose();
            Check(waiting.Join(Patience), "the call still waits");
            // It was inside, or had not got there.
            LienthongException closed = thrown as LienthongException;
            Check(thrown is ObjectDisposedException
                  || closed != null && closed.Code == ErrorCode.Closed, "" + thrown);
        }
    }

    private static void WhatIsForgottenIsFinalised()
    {
        Forget();
        for (int i = 0; i < 200 && Library.LiveHandles > 0; i++)
        {
            Collect();
            Thread.Sleep(10);
        }
    }

    private static void TheThirteenCalls()
    {
        string path = Path.Combine(folder, "thirteen.edxml");
        using (Config a = NewConfig("calls-a", "a"))
        using (Config b = NewConfig("calls-b", "b"))
        using (Client sender = new Client(a))
        using (Client receiver = new Client(b))
        {
            using (Document document = NewDocument("1"))
            {
                document.Save(path);
            }
            string sent = sender.Send(path, "H99.01", new[] { "H99.02" }, MessageType.Edoc);
            Check(Library.JsonGet(sent, "/0/outcome") == "accepted", sent);
            Check(Library.JsonGet(sent, "/0/to/0") == "H99.02", sent);
            string sentId = Library.JsonGet(sent, "/0/doc_id");
            Check(receiver.Count(MessageType.Edoc) == 1, "one waits");
            Check(receiver.Count(MessageType.Status) == 0, "no status waits");
            Fails(ErrorCode.InvalidArgument, () => receiver.Count(0));
            string list = receiver.ListReceived(MessageType.Edoc);
            Check(Library.JsonGet(list, "/0/from") == "H99.01", list);
            string id = Library.JsonGet(list, "/0/doc_id");
            string got = Path.Combine(folder, "got.edxml");
            long length = receiver.Get(id, got);
            Check(length == new FileInfo(got).Length, "length");
            Fails(ErrorCode.Io, () => receiver.Get(id, got));
            Check(receiver.Download(id, Path.Combine(folder, "as-is.edxml")) == length, "as it is");
            receiver.Acknowledge(id, Acknowledgement.Processing);
            receiver.Acknowledge(id, Acknowledgement.Done);
            Check(receiver.ListReceived(MessageType.Edoc) == "[]", "taken");
            Check(Library.JsonGet(sender.ListSent(MessageType.Edoc, sentId), "/0/to_code")
                  == "H99.02", "sent");
            Check(sender.ListSent(MessageType.Edoc).Contains("H99.02"), "all that was sent");
            sender.RegisterAgency(
                "{\"code\":\"H99.03\",\"parent_code\":\"H99.01\",\"name\":\"Cơ quan thí dụ\"}");
            Check(sender.Agencies().Contains("H99.03"), "registered");
            Check(sender.AgenciesQd20(1).StartsWith("["), "by level");
            Check(sender.SynchronizeUnits().Contains("Cơ quan thí dụ"), "units");
            sender.DeleteAgency("H99.03");
            sender.Close();
            Fails(ErrorCode.Closed, () => sender.Agencies());
        }
        using (Config nowhere = NewConfig("nowhere", "a").Set("axis.url", "http://127.0.0.1:9"))
        using (Client client = new Client(nowhere))
        {
            Fails(ErrorCode.AxisUnreachable, () => client.ListReceived(MessageType.Edoc));
        }
    }

    /// <summary>A stream that fails at once, both ways.</summary>
    private sealed class Broken : MemoryStream
    {
        internal readonly TimeoutException Thrown = new TimeoutException("from the stream");

        public override int Read(byte[] buffer, int offset, int count)
        {
            throw Thrown;
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            throw Thrown;
        }
    }

    // In methods of their own, so that no register keeps what they made.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Connector WithLog(Action line, out WeakReference kept)
    {
        using (Config config = NewConfig(Path.GetRandomFileName(), "a"))
        {
            LogLine log = (level, target, message) =>
            {
                if (level >= LogLevel.Error && target.Length > 0 && message != null)
                {
                    line();
                }
            };
            kept = new WeakReference(log);
            // Nobody answers there, which is worth a line each time.
            config.Set("axis.url", "http://127.0.0.1:9").SetLog(LogLevel.Trace, log);
            return new Connector(config);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget()
    {
        Thread thread = new Thread(() =>
        {
            Config config = NewConfig("forgotten", "a");
            Connector connector = new Connector(config);
            Document document = NewDocument("1");
            Packet.FromBytes(document.ToBytes());
            GC.KeepAlive(connector);
        });
        thread.Start();
        thread.Join();
        Check(Library.LiveHandles == 4, "four were made");
    }

    private static void Fill()
    {
        List<byte[]> rubbish = new List<byte[]>();
        for (int i = 0; i < 500; i++)
        {
            rubbish.Add(new byte[i * 10]);
        }
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }

    private static Config NewConfig(string name, string system)
    {
        return new Config()
            .Set("axis.url", url)
            .Set("axis.system_id", system)
            .Set("axis.secret", "made-up")
            .Set("connector.organs", system == "a" ? "H99.01" : "H99.02")
            .Set("store.path", Path.Combine(folder, "store " + name));
    }

    private static Document NewDocument(string number)
    {
        return new Document()
            .Set("From/OrganId", "H99.01")
            .Set("From/OrganName", "Cơ quan thí dụ")
            .Set("To/OrganId", "H99.02")
            .Set("DocumentId", "H99.01,2026/03/04," + number + "/STD-VP")
            .Set("Code/CodeNumber", number)
            .Set("Code/CodeNotation", "STD-VP")
            .Set("PromulgationInfo/Place", "Thí dụ")
            .Set("PromulgationInfo/PromulgationDate", "2026-03-04")
            .Set("Subject", "V/v thí dụ");
    }

    private static bool Same(byte[] one, byte[] other)
    {
        return Convert.ToBase64String(one) == Convert.ToBase64String(other);
    }

    private static void Check(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException("does not hold: " + what);
        }
    }

    private static void Fails(int code, Action action)
    {
        int found = Throws<LienthongException>(action).Code;
        Check(found == code, "code " + found + ", not " + code);
    }

    private static T Throws<T>(Action action) where T : Exception
    {
        try
        {
            action();
        }
        catch (T exception)
        {
            return exception;
        }
        throw new InvalidOperationException("no " + typeof(T).Name + " was thrown");
    }

    private static void Ignore(object unused)
    {
    }
}
