// The story of examples/story/README.md in C#.
//
// Usage: Story.exe CONFIG FILE FILE FOLDER
using System;
using System.Diagnostics;
using System.IO;
using Lienthong;

internal static class Story
{
    /// <summary>How long this program waits for anything. Yours goes on for years.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static int Main(string[] arguments)
    {
        if (arguments.Length != 4)
        {
            Console.Error.WriteLine("usage: Story.exe CONFIG FILE FILE FOLDER");
            return 2;
        }
        try
        {
            using (Config config = new Config().LoadFile(arguments[0]))
            // One for the whole server, for years. It opens without the axis, too.
            using (Connector connector = new Connector(config))
            {
                SendAndFollow(connector, arguments[1], arguments[2]);
                ReceiveAndReport(connector, arguments[3]);
                SendAndRecall(connector, arguments[2]);
                Must(connector.Close(TimeSpan.FromSeconds(5)), "it did not close in time");
            }
            Must(Library.LiveHandles == 0, "something was left behind");
        }
        catch (LienthongException error)
        {
            // Yours shows the message to whoever can act (WhoActs), and tries again where that is
            // safe (Retry).
            Console.Error.WriteLine("error " + error.Code + ": " + error.Message);
            return 1;
        }
        Console.WriteLine("closed");
        return 0;
    }

    private static void SendAndFollow(Connector connector, string first, string second)
    {
        using (Document seven = NewDocument("7").AttachFile(first).AttachFile(second))
        {
            string id = Send(connector, seven);
            Console.WriteLine("sent " + seven.Get("DocumentId") + " with 2 files");
            Await(connector, id, "/outgoing/recipients/0/state", "finished");
            PrintStatuses(connector, id);
        }
    }

    private static void ReceiveAndReport(Connector connector, string folder)
    {
        using (Incoming incoming = connector.Poll(Patience))
        {
            Must(incoming != null, "nothing came within a minute");
            using (Packet packet = incoming.OpenPacket())
            {
                packet.Extract(folder);
                Console.WriteLine(
                    "received {0} from {1} with {2} file of {3} bytes", packet.Get("DocumentId"),
                    incoming.From, packet.AttachmentCount, packet.AttachmentBytes(1).Length);
            }
            // What was signed was judged when it came (keys signature....); a policy can ask for
            // proof. This axis signs nothing.
            string item = incoming.ToJson();
            Console.WriteLine(
                "authenticity {0}: packet signature {1}, seal {2}",
                Library.JsonGet(item, "/signatures/authenticity"),
                Library.JsonGet(item, "/signatures/packet_signature/verdict"),
                Library.JsonGet(item, "/signatures/seal/verdict"));
            // Now it lies where it belongs: it is not shown again. Of no use as it is: refuse it
            // with the reason. Could it not be kept just now: give it back.
            connector.Accept(incoming);
            for (int code = 3; code <= 6; code++)
            {
                connector.Report(incoming.Id, code);
            }
            for (int i = 0; i < 5; i++)
            {
                string report = "/incoming/reports/" + i;
                Await(connector, incoming.Id, report + "/recipients/0/delivery", "accepted");
                string why = connector.Why(incoming.Id);
                Console.WriteLine("reported " + Library.JsonGet(why, report + "/status"));
            }
        }
    }

    private static void SendAndRecall(Connector connector, string file)
    {
        using (Document eight = NewDocument("8"))
        {
            // This time from a stream.
            using (FileStream stream = File.OpenRead(file))
            {
                eight.Attach("Phụ lục.txt", stream);
            }
            string id = Send(connector, eight);
            Console.WriteLine("sent " + eight.Get("DocumentId") + " with 1 file");
            Await(connector, id, "/outgoing/recipients/0/state", "arrived");
            connector.Recall(id, "Ban hành nhầm");
            Await(connector, id, "/outgoing/recipients/0/state", "recalled");
            PrintStatuses(connector, id);
            Console.WriteLine("recalled");
        }
    }

    /// <summary>A document with everything the Office wants to know.</summary>
    private static Document NewDocument(string number)
    {
        return new Document()
            .Set("From/OrganId", "H99.01")
            .Set("From/OrganName", "Cơ quan thí dụ")
            .Set("To/OrganId", "000.00.00.G22")
            .Set("DocumentId", "H99.01,2026/03/04," + number + "/STD-VP")
            .Set("Code/CodeNumber", number)
            .Set("Code/CodeNotation", "STD-VP")
            .Set("PromulgationInfo/Place", "Thí dụ")
            .Set("PromulgationInfo/PromulgationDate", "2026-03-04")
            .Set("Subject", "V/v thí dụ");
    }

    /// <summary>When this returns, the packet is on disk and will be delivered, also after a crash or
    /// days without the axis. Where you do not know (your server fell), call again: it is stored
    /// once. That there are no state secrets in it is for you to say.</summary>
    private static string Send(Connector connector, Document document)
    {
        return Library.JsonGet(connector.Send(document, StateSecret.NotContained), "/outgoing");
    }

    /// <summary>Waits until a member of what is known of a packet has a value. An event says that
    /// something happened; how things stand is asked for. Yours has one loop for all packets.
    /// </summary>
    private static void Await(Connector connector, string id, string pointer, string wanted)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (clock.Elapsed < Patience)
        {
            if (Library.JsonGet(connector.Why(id), pointer) == wanted)
            {
                return;
            }
            string events = connector.Events(100, TimeSpan.FromSeconds(1));
            string number;
            for (int i = 0; (number = Library.JsonGet(events, "/" + i + "/number")) != null; i++)
            {
                // Once your database has it. Until then it comes again.
                connector.EventsDone(long.Parse(number));
            }
        }
        Must(false, id + " is not " + wanted + " within a minute");
    }

    private static void PrintStatuses(Connector connector, string id)
    {
        string statuses = connector.Statuses(id);
        string organ;
        for (int i = 0; (organ = Library.JsonGet(statuses, "/" + i + "/organ")) != null; i++)
        {
            Console.WriteLine(organ + " says " + Library.JsonGet(statuses, "/" + i + "/code"));
        }
    }

    private static void Must(bool holds, string why)
    {
        if (!holds)
        {
            throw new InvalidOperationException(why);
        }
    }
}
