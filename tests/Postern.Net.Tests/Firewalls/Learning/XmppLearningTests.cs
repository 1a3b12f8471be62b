using System.Net.Sockets;
using System.Text;

namespace Postern.Net.Tests.Firewalls.Learning;

public class XmppLearningTests
{
    [Fact]
    public void The_rules_of_xmpp_are_learnt_from_prosody()
    {
        LearningLab.Require("prosody");
        using var lab = new LearningLab();
        using var prosody = lab.Server.Start("prosody", "--config", Config(lab), "-F");
        prosody.WaitFor("203.0.113.2", 30);
        var learned = lab.Learn("xmpp", () => Enumerable.Range(0, 3).All(_ => LogsIn(lab)), ("client", lab.Client.Address), ("server", lab.Server.Address));
        var rule = learned["rules"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)rule["id"]!).ShouldBe("xmpp:client");
        ((string)rule["destinationPorts"]!).ShouldBe("5222");
        ((string)rule["source"]!).ShouldBe(lab.Client.Address);
    }

    private static string Config(LearningLab lab)
    {
        var accounts = Directory.CreateDirectory(Path.Combine(lab.Folder, "data", "example%2eorg", "accounts"));
        File.WriteAllText(Path.Combine(accounts.FullName, "alice.dat"), "return { [\"password\"] = \"secret\"; };\n");
        var path = Path.Combine(lab.Folder, "prosody.cfg.lua");
        File.WriteAllText(path, $$"""
            run_as_root = true
            pidfile = "{{lab.Folder}}/prosody.pid"
            data_path = "{{lab.Folder}}/data"
            interfaces = { "203.0.113.2" }
            modules_enabled = { "saslauth"; "roster"; "ping"; }
            modules_disabled = { "tls"; "s2s"; }
            c2s_require_encryption = false
            allow_unencrypted_plain_auth = true
            authentication = "internal_plain"
            log = { { levels = { min = "info" }; to = "console" } }
            VirtualHost "example.org"
            """);
        return path;
    }

    /// <summary>A client's first steps (RFC 6120 §9.1): a stream, SASL PLAIN, a new stream, a bound resource.</summary>
    private static bool LogsIn(LearningLab lab) => lab.Client.Inside(() =>
    {
        using var tcp = new TcpClient();
        if (!tcp.ConnectAsync("203.0.113.2", 5222).Wait(3000))
        {
            return false;
        }

        using var stream = tcp.GetStream();
        stream.ReadTimeout = 5000;
        const string open = "<?xml version='1.0'?><stream:stream to='example.org' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";
        var plain = Convert.ToBase64String(Encoding.UTF8.GetBytes("\0alice\0secret"));
        Say(stream, open, "</stream:features>");
        Say(stream, $"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{plain}</auth>", "<success");
        Say(stream, open, "</stream:features>");
        return Say(stream, "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>", "</iq>").Contains("alice@example.org");
    });

    private static string Say(NetworkStream stream, string words, string until)
    {
        stream.Write(Encoding.UTF8.GetBytes(words));
        var (heard, buffer) = (new StringBuilder(), new byte[4096]);
        while (!heard.ToString().Contains(until))
        {
            var read = stream.Read(buffer);
            read.ShouldBeGreaterThan(0, heard.ToString());
            heard.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return heard.ToString();
    }
}
