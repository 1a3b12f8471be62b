using System.Text.Json.Nodes;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Firewalls.Learning;

/// <summary>
/// A client behind a router that drops all that it does not know, and a server outside. A program runs through the harness of
/// <c>postern learn</c>, ulogd writes the log, and the rules that are learnt from it must let the same program through.
/// </summary>
public sealed class LearningLab : IDisposable
{
    private const string Plugins = "/usr/lib/x86_64-linux-gnu/ulogd";
    private const double AllowedBits = 2;

    private delegate void Watched(params string[] harness);

    private readonly Network _network = new();
    private readonly Networks.Site _site;

    public LearningLab()
    {
        _site = _network.AddSite();
        Close();
    }

    public Network Network => _network;

    public Host Server => _network.Server;

    public Host Client => _site.Client;

    public string Folder => _network.Folder;

    /// <summary>Skips, loudly, where a program is missing; with CI=true that is a failure.</summary>
    public static void Require(params string[] programs)
    {
        foreach (var program in programs.Append("ulogd").Append("nft"))
        {
            if (!Shell.Try("which", [program]).Succeeded)
            {
                Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", $"{program} is not installed.");
                Assert.Fail($"{program} is not installed.");
            }
        }
    }

    /// <summary>Runs the whole lesson, and answers what was learnt.</summary>
    /// <param name="application">Which application of the catalogue it must be called.</param>
    /// <param name="run">The program's work; whether it succeeded.</param>
    /// <param name="roles">Who plays the catalogue's roles, for the comparison of sizes; several hosts may play one.</param>
    public JsonObject Learn(string application, Func<bool> run, params (string Role, string Host)[] roles)
    {
        var (json, text) = (Path.Combine(Folder, "log.json"), Path.Combine(Folder, "log.txt"));
        var learned = Learn(application, run, json, roles, watched =>
        {
            using var log = StartLog(json, text);
            watched("--nflog", "5");
            Thread.Sleep(1500); // the kernel hands on what it has once a second
            log.Interrupt();
            File.Exists(text).ShouldBeTrue(log.Output + log.Errors);
        });
        Ask(text)["rules"]!.AsArray().Count.ShouldBe(learned["rules"]!.AsArray().Count, "ulogd's text teaches the same as its JSON");
        return learned;
    }

    /// <summary>The same from the kernel's own log, and from a journal that holds it.</summary>
    public JsonObject LearnFromKernel(string application, Func<bool> run, params (string Role, string Host)[] roles)
    {
        var (log, journal) = (Path.Combine(Folder, "kern.log"), Path.Combine(Folder, "journal.json"));
        var learned = Learn(application, run, log, roles, watched =>
        {
            using var kernel = new KernelLog();
            watched();
            File.WriteAllLines(log, kernel.Read());
        });
        File.WriteAllLines(journal, File.ReadLines(log).Select(KernelLog.InJournal));
        Ask(journal)["rules"]!.AsArray().Count.ShouldBe(learned["rules"]!.AsArray().Count, "the journal teaches the same");
        return learned;
    }

    /// <param name="application">See above.</param>
    /// <param name="run">See above.</param>
    /// <param name="file">The log to learn from.</param>
    /// <param name="roles">See above.</param>
    /// <param name="record">Writes the log while what it is given runs, with options of the harness.</param>
    private JsonObject Learn(string application, Func<bool> run, string file, (string Role, string Host)[] roles, Action<Watched> record)
    {
        run().ShouldBeFalse("a router that drops all must stop it: else the test shows nothing");
        record(options =>
        {
            OpenForLearning(options);
            run().ShouldBeTrue("the harness lets everything through");
        });

        _site.Router.Check("sh", Path.Combine(Folder, "postern-learn-undo.sh"));
        _site.Router.FlushConntrack(); // what was let through is remembered, and passes on
        run().ShouldBeFalse("the harness was removed");

        var learned = Ask(file);
        var rules = Rules(file);
        Close();
        _site.Router.ApplyRules(rules);
        _site.Router.FlushConntrack();
        run().ShouldBeTrue($"the learnt rules let the same through:\n{rules}\n{learned}");

        learned["applications"]!.AsArray().Select(name => (string)name!).ShouldContain(application);
        ((double)learned["coverage"]!["refused"]!).ShouldBe(0);
        CompareSize(application, learned, roles);
        return learned;
    }

    public void Dispose() => _network.Dispose();

    /// <summary>Default drop, as a firewall before anything was learnt.</summary>
    private void Close() => _site.Router.ApplyRules("""
        flush ruleset
        table inet filter {
            chain input { type filter hook input priority filter; policy accept; }
            chain forward { type filter hook forward priority filter; policy drop; ct state established,related accept; }
        }
        table ip nat {
            chain postrouting { type nat hook postrouting priority srcnat; oifname "wan" masquerade; }
        }
        """);

    private void OpenForLearning(string[] options)
    {
        var outcome = _site.Router.RunPostern(["learn", "harness", "--host", Client.Address, "--minutes", "10", "--out", Folder, .. options]);
        outcome.Succeeded.ShouldBeTrue(outcome.Errors);
        _site.Router.Check("nft", "-f", Path.Combine(Folder, "postern-learn.nft"));
    }

    private Background StartLog(string json, string text)
    {
        var config = Path.Combine(Folder, "ulogd.conf");
        File.WriteAllText(config, $"""
            [global]
            logfile="stdout"
            loglevel=3
            plugin="{Plugins}/ulogd_inppkt_NFLOG.so"
            plugin="{Plugins}/ulogd_raw2packet_BASE.so"
            plugin="{Plugins}/ulogd_filter_IFINDEX.so"
            plugin="{Plugins}/ulogd_filter_IP2STR.so"
            plugin="{Plugins}/ulogd_filter_PRINTPKT.so"
            plugin="{Plugins}/ulogd_output_JSON.so"
            plugin="{Plugins}/ulogd_output_LOGEMU.so"
            stack=log1:NFLOG,base1:BASE,ifi1:IFINDEX,ip2str1:IP2STR,json1:JSON
            stack=log1:NFLOG,base1:BASE,ifi1:IFINDEX,ip2str1:IP2STR,print1:PRINTPKT,emu1:LOGEMU
            [log1]
            group=5
            netlink_qthreshold=1
            [json1]
            sync=1
            file="{json}"
            [emu1]
            sync=1
            file="{text}"

            """); // ulogd asks for the end of the last line
        var log = _site.Router.Start("ulogd", "-c", config, "-v");
        for (var i = 0; i < 100 && !File.Exists(text); i++)
        {
            Thread.Sleep(50);
        }

        Thread.Sleep(300); // the files are there before the socket is
        return log;
    }

    private JsonObject Ask(string log)
    {
        var outcome = _site.Router.RunPostern("learn", log, "--prefix", "postern-learn", "--json");
        outcome.ExitCode.ShouldBe(0, $"{outcome.Errors}\n{outcome.Output}\n{File.ReadAllText(log)}");
        return JsonNode.Parse(outcome.Output)!.AsObject();
    }

    private string Rules(string log)
    {
        var outcome = _site.Router.RunPostern("learn", log, "--prefix", "postern-learn", "--format", "nftables");
        outcome.ExitCode.ShouldBe(0, outcome.Errors);
        return outcome.Output;
    }

    /// <summary>Both sides' rules for the same hosts: ours may open at most four times as much.</summary>
    private static void CompareSize(string application, JsonObject learned, (string Role, string Host)[] roles)
    {
        var entry = ApplicationCatalogue.Embedded.Find(application)!;
        var seen = learned["rules"]!.AsArray().Where(rule => (string?)rule!["application"] == application).ToArray();
        var flows = seen.Select(rule => (string)rule!["flow"]!).Distinct();
        foreach (var flow in flows)
        {
            var plan = Planner.Plan(new()
            {
                Applications = [entry with { Flows = [.. entry.Flows.Where(one => one.Id == flow)] }],
                Bindings = [.. roles.GroupBy(role => role.Role).Select(hosts => new RoleBinding { Role = hosts.Key, Addresses = AddressSet.Of(hosts.SelectMany(host => AddressOf(host.Host).Ranges)) })],
                Site = new Postern.Firewalls.Rules.Site { IsRouter = true, Zones = [new(new("net", ["wan"], AddressSet.Any), IsOutside: true), new(new("loc", ["lan"], AddressSet.Any), IsTranslated: true)] },
                Versions = [IpVersion.V4],
                WithLegacy = true,
                Ephemeral = roles.Select(role => role.Role).Distinct().ToDictionary(role => role, _ => EphemeralPorts.Find("linux")!.Ports),
            });
            var bits = seen.Where(rule => (string)rule!["flow"]! == flow).Select(rule => Math.Pow(2, (double)rule!["bits"]!)).Sum();
            Math.Log2(bits).ShouldBeLessThanOrEqualTo(HoleSize.Of(plan.Policy).Bits + AllowedBits, $"{application}:{flow}");
        }
    }

    private static AddressSet AddressOf(string host) => AddressSet.Of(System.Net.IPAddress.Parse(host));
}
