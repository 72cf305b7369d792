// The product of docs/dms.md in C#: commands from standard input, answers to standard output, one
// JSON object a line.
//
// Usage: Dms.exe --store DIR --organ CODE... [--axis URL --system ID --secret-file FILE] [--client]
//        [--set KEY=VALUE]...
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Lienthong;

internal static class Dms
{
    private static readonly Encoding Utf8 = new UTF8Encoding(false);

    private static int Main(string[] arguments)
    {
        // Whatever the console says, the lines are UTF-8.
        StreamWriter output = new StreamWriter(Console.OpenStandardOutput(), Utf8);
        output.NewLine = "\n";
        output.AutoFlush = true;
        StreamReader input = new StreamReader(Console.OpenStandardInput(), Utf8);
        Config config;
        try
        {
            config = Options(arguments);
        }
        catch (Exception error)
        {
            Console.Error.WriteLine("dms: " + error.Message);
            return 2;
        }
        try
        {
            using (Connector connector = new Connector(config))
            {
                output.WriteLine("{\"ready\":true,\"version\":" + Json.Quote(Library.Version) + "}");
                Serve(new Commands(connector), input, output);
                connector.Close(TimeSpan.FromSeconds(5));
            }
            return 0;
        }
        catch (LienthongException error)
        {
            output.WriteLine("{\"error\":" + error.Json + "}");
            return 1;
        }
    }

    private static void Serve(Commands commands, TextReader input, TextWriter output)
    {
        string line;
        while (!commands.Closed && (line = input.ReadLine()) != null)
        {
            if (line.Trim().Length == 0)
            {
                continue;
            }
            string id = "null", answer;
            try
            {
                Given given = new Given(line);
                id = given.Raw("id") ?? "null";
                answer = "\"ok\":" + commands.Do(given);
            }
            catch (Misuse misuse)
            {
                answer = "\"error\":" + misuse.Json;
            }
            catch (LienthongException error)
            {
                answer = "\"error\":" + error.Json;
            }
            try
            {
                output.WriteLine("{\"id\":" + id + "," + answer + "}");
            }
            catch (IOException)
            {
                // Nobody listens any more: the next line of input will be the last.
            }
        }
    }

    private static Config Options(string[] arguments)
    {
        Config config = new Config();
        List<string> organs = new List<string>();
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i];
            if (name == "--client")
            {
                config.Set("connector.role", "client");
                continue;
            }
            if (++i == arguments.Length)
            {
                throw new ArgumentException(name + " needs a value");
            }
            string value = arguments[i];
            switch (name)
            {
                case "--store": config.Set("store.path", value); break;
                case "--axis": config.Set("axis.url", value); break;
                case "--system": config.Set("axis.system_id", value); break;
                case "--secret-file":
                    config.Set("axis.secret", File.ReadAllText(value).TrimEnd('\r', '\n'));
                    break;
                case "--organ": organs.Add(value); break;
                case "--set":
                    int equals = value.IndexOf('=');
                    if (equals < 0)
                    {
                        throw new ArgumentException(value + " is not KEY=VALUE");
                    }
                    config.Set(value.Substring(0, equals), value.Substring(equals + 1));
                    break;
                default: throw new ArgumentException("unknown option " + name);
            }
        }
        if (organs.Count > 0)
        {
            config.Set("connector.organs", string.Join(",", organs));
        }
        return config;
    }
}

/// <summary>The commands: each takes the members of a line and gives JSON.</summary>
internal sealed class Commands
{
    private readonly Connector connector;

    /// <summary>What this product can do, for who drives it (docs/driver.md). Of the settings, those
    /// that the conformance suite uses.</summary>
    private static readonly string Capabilities =
        "{\"product\":\"lienthong dms in C#\",\"version\":\"" + Library.Version + "\","
        + "\"commands\":[\"capabilities\",\"send\",\"poll\",\"accept\",\"refuse\",\"give_back\","
        + "\"report\",\"recall\",\"agree\",\"decline\",\"why\",\"thread\",\"find\",\"statuses\","
        + "\"stats\",\"events\",\"events_done\",\"quarantine\",\"retry\",\"drop\",\"assign\","
        + "\"tick\",\"backup\",\"doctor\",\"close\"],"
        + "\"settings\":[\"receive.interval\",\"send.pause\",\"send.longest_pause\","
        + "\"send.ask_after\",\"send.unknown_wait\",\"axis.ca_file\",\"signature.trust\","
        + "\"signature.organs\",\"signature.sign\",\"signature.seal_for\",\"signature.key_file\","
        + "\"signature.certificate_file\",\"signature.policy\",\"handoff.lease\","
        + "\"axis.idle_timeout\",\"axis.client_certificate\",\"axis.client_key\"],"
        + "\"features\":[\"signature-report\",\"signature-verify\",\"sign\",\"seal\",\"tls\","
        + "\"client-certificate\",\"restart\"]}";

    internal Commands(Connector connector)
    {
        this.connector = connector;
    }

    internal bool Closed { get; private set; }

    internal string Do(Given given)
    {
        string name = given.Text("do");
        switch (name)
        {
            case "capabilities": return Capabilities;
            case "send": return Send(given);
            case "poll": return Poll(given);
            case "accept":
                connector.Accept(given.Text("incoming"), given.Lease());
                return "{}";
            case "refuse":
                connector.Refuse(
                    given.Text("incoming"), given.Lease(), given.Text("reason"), given.Raw("staff"));
                return "{}";
            case "give_back":
                connector.GiveBack(
                    given.Text("incoming"), given.Lease(), given.Time("pause_ms", 0));
                return "{}";
            case "report":
                return Json.Of("outgoing", connector.Report(
                    given.Text("incoming"), given.Code(), given.Optional("note"),
                    given.Raw("staff")));
            case "recall":
                return "{\"requests\":" + connector.Recall(
                    given.Text("outgoing"), given.Text("reason"), given.Texts("organs"),
                    given.Raw("staff")) + "}";
            case "agree":
                return Json.Of("outgoing", connector.Agree(
                    given.Text("incoming"), given.Optional("note"), given.Raw("staff")));
            case "decline":
                return Json.Of("outgoing", connector.Decline(
                    given.Text("incoming"), given.Optional("note") ?? "", given.Raw("staff")));
            case "why": return connector.Why(given.Text("packet"));
            case "thread": return connector.Thread(given.Text("packet"));
            case "statuses": return connector.Statuses(given.Text("outgoing"));
            case "find":
                return "{\"outgoing\":"
                    + connector.FindSent(given.Text("from"), given.Text("document_id")) + "}";
            case "stats": return connector.Stats();
            case "events":
                return connector.Events(
                    (int)given.Number("limit", 100), given.Time("timeout_ms", 0));
            case "events_done":
                connector.EventsDone(given.Number("up_to", null));
                return "{}";
            case "quarantine": return connector.Quarantine(1000);
            case "retry":
                return "{\"recipients\":"
                    + connector.Retry(given.Text("outgoing"), given.Optional("organ")) + "}";
            case "drop":
                return "{\"recipients\":"
                    + connector.Drop(given.Text("outgoing"), given.Optional("organ")) + "}";
            case "assign":
                connector.AssignAnswer(
                    given.Text("outgoing"), given.Text("organ"), given.Code());
                return "{}";
            case "tick":
                connector.ReceiveNow();
                return "{}";
            case "backup":
                connector.Backup(given.Text("folder"));
                return "{}";
            case "doctor": return connector.Doctor();
            case "close":
                bool inTime = connector.Close(given.Time("timeout_ms", 5000));
                Closed = true;
                return "{\"closed\":true,\"in_time\":" + (inTime ? "true" : "false") + "}";
            default: throw new Misuse("there is no command \"" + name + "\"");
        }
    }

    private string Send(Given given)
    {
        StateSecret secret;
        switch (given.Raw("contains_state_secret"))
        {
            case "true": secret = StateSecret.Contained; break;
            case "false": secret = StateSecret.NotContained; break;
            default: throw new Misuse("contains_state_secret must be true or false");
        }
        string packet = given.Optional("packet");
        if (packet != null)
        {
            return connector.SendPacketFile(packet, secret);
        }
        using (Document document = Document.FromJson(given.Raw("document") ?? "null"))
        {
            foreach (string path in given.Texts("attach"))
            {
                document.AttachFile(path);
            }
            return connector.Send(document, secret);
        }
    }

    private string Poll(Given given)
    {
        string folder = given.Optional("extract_to");
        using (Incoming incoming = connector.Poll(given.Time("timeout_ms", 0)))
        {
            if (incoming == null)
            {
                return "{\"item\":null}";
            }
            string item = incoming.ToJson();
            if (folder != null)
            {
                using (Packet packet = incoming.OpenPacket())
                {
                    string files = packet.Extract(folder);
                    List<string> paths = new List<string>();
                    string path;
                    for (int i = 0; (path = Library.JsonGet(files, "/" + i + "/path")) != null; i++)
                    {
                        paths.Add(Json.Quote(path));
                    }
                    string list = ",\"files\":[" + string.Join(",", paths) + "]}";
                    item = item.Substring(0, item.LastIndexOf('}')) + list;
                }
            }
            return "{\"item\":" + item + "}";
        }
    }
}

/// <summary>The members of a command, each as the JSON it came as.</summary>
internal sealed class Given
{
    private readonly Dictionary<string, string> members;

    internal Given(string line)
    {
        string whole;
        try
        {
            // As the library writes it: without blanks.
            whole = Library.JsonGet(line, "");
        }
        catch (LienthongException)
        {
            throw new Misuse("not JSON");
        }
        members = Json.Members(whole ?? "");
    }

    /// <summary>JSON; null where there is nothing, or null.</summary>
    internal string Raw(string name)
    {
        string raw;
        return members.TryGetValue(name, out raw) && raw != "null" ? raw : null;
    }

    /// <summary>A text; null where there is none.</summary>
    internal string Optional(string name)
    {
        string raw = Raw(name);
        return raw != null && raw[0] == '"' ? Library.JsonGet(raw, "") : null;
    }

    internal string Text(string name)
    {
        string text = Optional(name);
        if (text == null)
        {
            throw new Misuse(name + " must be a text");
        }
        return text;
    }

    internal string[] Texts(string name)
    {
        List<string> texts = new List<string>();
        string raw = Raw(name);
        if (raw != null && raw[0] != '[')
        {
            throw new Misuse(name + " must be a list of texts");
        }
        string text;
        for (int i = 0; raw != null && (text = Library.JsonGet(raw, "/" + i)) != null; i++)
        {
            texts.Add(text);
        }
        return texts.ToArray();
    }

    internal long Number(string name, long? missing)
    {
        long number;
        string raw = Raw(name);
        if (raw == null && missing != null)
        {
            return missing.Value;
        }
        if (!long.TryParse(raw, out number))
        {
            throw new Misuse(name + " must be a number");
        }
        return number;
    }

    internal TimeSpan Time(string name, long missing)
    {
        long millis = Number(name, missing);
        if (millis < 0)
        {
            throw new Misuse(name + " must not be negative");
        }
        return TimeSpan.FromMilliseconds(millis);
    }

    internal long Lease()
    {
        long lease;
        if (!long.TryParse(Text("lease"), out lease))
        {
            throw new Misuse("lease must be the text that poll gave");
        }
        return lease;
    }

    internal int Code()
    {
        int code;
        if (!int.TryParse(Text("code"), out code))
        {
            throw new Misuse("code is two digits, as in \"03\"");
        }
        return code;
    }
}

/// <summary>A command that cannot be understood.</summary>
internal sealed class Misuse : Exception
{
    internal Misuse(string reason) : base(reason)
    {
    }

    internal string Json
    {
        get
        {
            ErrorKind kind = null;
            foreach (ErrorKind one in Library.ErrorKinds())
            {
                kind = one.Code == ErrorCode.InvalidArgument ? one : kind;
            }
            return "{\"kind\":" + global::Json.Quote(kind.Name) + ",\"number\":" + kind.Code
                + ",\"retry\":\"never\",\"who_acts\":\"developer\",\"message\":"
                + global::Json.Quote(kind.Message) + ",\"message_vi\":"
                + global::Json.Quote(kind.MessageVietnamese) + ",\"context\":"
                + global::Json.Of("reason", Message) + ",\"findings\":[]}";
        }
    }
}

/// <summary>What little of JSON is needed beside the library. A program of today has a reader.
/// </summary>
internal static class Json
{
    /// <summary>An object of one text, or null.</summary>
    internal static string Of(string name, string text)
    {
        return "{" + Quote(name) + ":" + (text == null ? "null" : Quote(text)) + "}";
    }

    internal static string Quote(string text)
    {
        StringBuilder quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c == '"' || c == '\\')
            {
                quoted.Append('\\').Append(c);
            }
            else if (c < ' ')
            {
                quoted.Append("\\u").Append(((int)c).ToString("x4"));
            }
            else
            {
                quoted.Append(c);
            }
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>The members of an object that is written without blanks; none of anything else.
    /// </summary>
    internal static Dictionary<string, string> Members(string json)
    {
        Dictionary<string, string> members = new Dictionary<string, string>();
        int at = 1;
        while (json.Length > 2 && json[0] == '{' && at < json.Length)
        {
            int colon = End(json, at);
            int end = End(json, colon + 1);
            string name = Library.JsonGet(json.Substring(at, colon - at), "");
            members[name] = json.Substring(colon + 1, end - colon - 1);
            at = end + 1;
        }
        return members;
    }

    /// <summary>Where the value that begins here ends.</summary>
    private static int End(string json, int at)
    {
        int depth = 0;
        for (; at < json.Length; at++)
        {
            char c = json[at];
            if (c == '"')
            {
                for (at++; json[at] != '"'; at++)
                {
                    at += json[at] == '\\' ? 1 : 0;
                }
            }
            else if (c == '{' || c == '[')
            {
                depth++;
            }
            else if (depth == 0 && (c == ',' || c == ':' || c == '}' || c == ']'))
            {
                return at;
            }
            else if (c == '}' || c == ']')
            {
                depth--;
            }
        }
        return at;
    }
}
