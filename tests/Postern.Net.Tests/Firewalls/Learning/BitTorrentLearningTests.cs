using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Firewalls.Learning;

public class BitTorrentLearningTests
{
    /// <summary>A tracker as small as can be: it names the seed to whoever asks (BEP 3, BEP 23).</summary>
    private const string Tracker = """
        import http.server, socket, struct, sys
        peer = socket.inet_aton(sys.argv[1]) + struct.pack('>H', 6881)
        class Answer(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = b'd8:intervali60e5:peers%d:%se' % (len(peer), peer)
                self.send_response(200)
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)
        print('ready', flush=True)
        http.server.HTTPServer((sys.argv[1], 6969), Answer).serve_forever()
        """;

    [Fact]
    public void The_rules_of_bittorrent_are_learnt_from_a_download_by_aria2()
    {
        LearningLab.Require("aria2c", "transmission-create", "python3");
        using var lab = new LearningLab();
        var torrent = Torrent(lab);
        using var tracker = lab.Server.Start("python3", "-c", Tracker, lab.Server.Address);
        tracker.WaitFor("ready");
        using var seed = lab.Server.Start(
            "aria2c", "--no-conf", "--enable-dht=false", "--bt-enable-lpd=false", "--listen-port=6881", "--seed-ratio=0.0", "-V", "-d", Path.Combine(lab.Folder, "seed"), torrent);
        var learned = lab.Learn("bittorrent", () => Downloads(lab, torrent), ("client", lab.Client.Address), ("peer", lab.Server.Address), ("tracker", lab.Server.Address));
        learned["rules"]!.AsArray().ShouldContain(rule => ((string)rule!["destinationPorts"]!).Contains("6881"));
    }

    private static string Torrent(LearningLab lab)
    {
        var seed = Directory.CreateDirectory(Path.Combine(lab.Folder, "seed"));
        var file = Path.Combine(seed.FullName, "load.bin");
        File.WriteAllBytes(file, [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 31))]);
        var torrent = Path.Combine(lab.Folder, "load.torrent");
        Shell.Run("transmission-create", ["-o", torrent, "-t", $"http://{lab.Server.Address}:6969/announce", file]);
        return torrent;
    }

    private static bool Downloads(LearningLab lab, string torrent)
    {
        var folder = Directory.CreateDirectory(Path.Combine(lab.Folder, Path.GetRandomFileName())).FullName;
        var outcome = lab.Client.Run(
            "aria2c",
            ["--no-conf", "--enable-dht=false", "--bt-enable-lpd=false", "--listen-port=6882", "--seed-time=0", "--bt-stop-timeout=8", "--connect-timeout=3", "--bt-tracker-connect-timeout=3", "-d", folder, torrent],
            null,
            25);
        return outcome.Succeeded && new FileInfo(Path.Combine(folder, "load.bin")) is { Exists: true, Length: 300_000 };
    }
}
