using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Postern.Firewalls.Rules;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Firewalls;

/// <summary>
/// A firewall in a namespace with three cables, whose other ends send single packets with any address and see every frame that
/// leaves:
/// <code>
///   net  (everywhere)                      ── eth0 ┐
///   loc  192.168.1.0/24   2001:db8:1::/64  ── eth1 ┤
///   wifi 192.168.7.0/24   2001:db8:7::/64  ── eth1 ┤ firewall
///   dmz  10.20.0.0/16     2001:db8:20::/48 ── eth2 ┘
/// </code>
/// What the firewall lets in to itself is counted by number behind all its other chains, and goes no further.
/// </summary>
internal sealed class FirewallBench : IDisposable
{
    public static readonly Zone Net = Named("net", "eth0", "any");
    public static readonly Zone Loc = Named("loc", "eth1", "192.168.1.0/24,2001:db8:1::/64");
    public static readonly Zone Wifi = Named("wifi", "eth1", "192.168.7.0/24,2001:db8:7::/64");
    public static readonly Zone Dmz = Named("dmz", "eth2", "10.20.0.0/16,2001:db8:20::/48");

    private const string Witness = """
        table inet witness {
            set four {
                typeof ip id
                size 65535
                flags dynamic
            }
            set six {
                typeof ip6 flowlabel
                size 65535
                flags dynamic
            }
            chain input {
                type filter hook input priority 300; policy accept;
                iifname "lo" accept
                add @four { ip id }
                add @six { ip6 flowlabel }
                drop
            }
        }
        """;

    private static readonly string[] Settings =
    [
        "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0",
        "net.ipv4.conf.all.send_redirects=0", "net.ipv4.conf.default.send_redirects=0", "net.ipv6.conf.all.accept_dad=0",
        "net.ipv6.conf.default.accept_dad=0", "net.ipv4.icmp_ratelimit=0", "net.ipv6.icmp.ratelimit=0",
        "net.ipv4.icmp_msgs_per_sec=10000000", "net.ipv4.icmp_msgs_burst=1000000",
    ];

    private readonly string _prefix;
    private readonly string _firewall;
    private readonly PacketSocket[] _cables = new PacketSocket[3];
    private readonly PacketSocket _loopback;
    private readonly RawSender _own;
    private readonly byte[] _buffer = new byte[2048];

    /// <summary>Skips the calling test where namespaces cannot be had (a failure with CI=true).</summary>
    public FirewallBench()
    {
        Leftovers.RequireNamespaces();
        _prefix = Leftovers.NextPrefix();
        (_firewall, var world) = ($"{_prefix}firewall", $"{_prefix}world");
        foreach (var name in new[] { _firewall, world })
        {
            Shell.Run("ip", ["netns", "add", name]);
        }

        Shell.Run("ip", ["netns", "exec", _firewall, "sysctl", "-q", "-w", .. Settings]);
        Shell.Run("ip", ["netns", "exec", world, "sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1"]);
        Shell.Run("ip", ["-n", _firewall, "link", "set", "lo", "up"]);
        for (var i = 0; i < 3; i++)
        {
            Shell.Run("ip", ["link", "add", $"eth{i}", "address", Mac(0, i), "netns", _firewall, "type", "veth", "peer", "name", $"end{i}", "address", Mac(1, i), "netns", world]);
        }

        Shell.Run("ip", ["-n", world, "-batch", "-"], string.Join('\n', Enumerable.Range(0, 3).Select(i => $"link set end{i} up")));
        Shell.Run("ip", ["-n", _firewall, "-batch", "-"], string.Join('\n', Enumerable.Range(0, 3).SelectMany(Cable)));
        Inside(world, () =>
        {
            for (var i = 0; i < 3; i++)
            {
                _cables[i] = new($"end{i}");
            }

            return 0;
        });
        (_loopback, _own) = Inside(_firewall, () => (new PacketSocket("lo"), new RawSender()));
    }

    /// <summary>The firewall's own addresses on each cable.</summary>
    public static IPAddress Own(Zone zone, IpVersion version) => IPAddress.Parse((Index(zone), version) switch
    {
        (0, IpVersion.V4) => "203.0.113.1",
        (1, IpVersion.V4) => "192.168.0.1",
        (_, IpVersion.V4) => "10.21.0.1",
        (0, _) => "2001:db8:ffff::1",
        (1, _) => "2001:db8:fffe::1",
        _ => "2001:db8:fffd::1",
    });

    /// <summary>Removes every rule, and then runs what loads others, with the text as standard input. A word of complaint is a failure.</summary>
    public void Load(params IEnumerable<(string Command, string Input)> commands)
    {
        var script = new StringBuilder("nft flush ruleset || exit 1\n");
        foreach (var (command, input) in commands.Append(("nft -f -", Witness)))
        {
            script.Append($"{command} <<'END-OF-RULES' || exit 1\n{input}\nEND-OF-RULES\n");
        }

        var outcome = Try("sh", ["-s"], script.Append("conntrack -F 2>/dev/null\n").ToString());
        if (!outcome.Succeeded || outcome.Errors.Length > 0)
        {
            throw new InvalidOperationException($"code {outcome.ExitCode}\n{outcome.Errors}{outcome.Output}\n{script}");
        }
    }

    public Outcome Try(string program, string[] arguments, string? input = null, double seconds = 20) =>
        Shell.Try("ip", ["netns", "exec", _firewall, program, .. arguments], input, seconds);

    public string Run(string program, string[] arguments, string? input = null) => Shell.Run("ip", ["netns", "exec", _firewall, program, .. arguments], input);

    /// <summary>Sends the packets, numbered from 1, and answers what came of each.</summary>
    public Sighting[] Send(IReadOnlyList<Packet> packets)
    {
        var seen = new Sighting?[packets.Count + 1];
        for (var i = 0; i < packets.Count; i++)
        {
            var bytes = PacketBytes.Of(packets[i], (ushort)(i + 1));
            if (packets[i].From.IsSelf)
            {
                _own.Send(bytes, packets[i].Destination);
            }
            else
            {
                _cables[Index(packets[i].From)].Send([.. Ethernet(Index(packets[i].From), packets[i].Version), .. bytes]);
            }

            if (i % 64 == 63)
            {
                Collect(seen);
            }
        }

        var quiet = Stopwatch.StartNew();
        while (quiet.ElapsedMilliseconds < 50)
        {
            if (Collect(seen))
            {
                quiet.Restart();
            }

            Thread.Sleep(2);
        }

        foreach (var number in CameIn().Where(number => number <= packets.Count))
        {
            seen[number] ??= new(number, Fate.Passed);
        }

        return [.. seen.Skip(1).Select((sighting, i) => sighting ?? new((ushort)(i + 1), Fate.Dropped))];
    }

    public void Dispose()
    {
        foreach (var cable in _cables)
        {
            cable?.Dispose();
        }

        _loopback.Dispose();
        _own.Dispose();
        Leftovers.Remove(_prefix);
    }

    private bool Collect(Sighting?[] seen)
    {
        var any = false;
        foreach (var socket in _cables.Append(_loopback))
        {
            while (socket.Receive(_buffer) is > 0 and var count)
            {
                if (Sighting.Read(_buffer.AsSpan(0, count)) is { } sighting && sighting.Number < seen.Length)
                {
                    any = true;
                    seen[sighting.Number] = sighting;
                }
            }
        }

        return any;
    }

    /// <summary>The numbers of what came in to the firewall itself.</summary>
    private IEnumerable<ushort> CameIn()
    {
        using var listing = JsonDocument.Parse(Run("nft", ["-j", "list", "table", "inet", "witness"]));
        foreach (var item in listing.RootElement.GetProperty("nftables").EnumerateArray())
        {
            if (item.TryGetProperty("set", out var set) && set.TryGetProperty("elem", out var elements))
            {
                foreach (var element in elements.EnumerateArray())
                {
                    yield return (ushort)(element.ValueKind == JsonValueKind.Object ? element.GetProperty("elem").GetProperty("val") : element).GetInt32();
                }
            }
        }
    }

    private static IEnumerable<string> Cable(int i)
    {
        var zones4 = i switch { 0 => ["default"], 1 => ["192.168.1.0/24", "192.168.7.0/24"], _ => new[] { "10.20.0.0/16" } };
        var zones6 = i switch { 0 => ["default"], 1 => ["2001:db8:1::/64", "2001:db8:7::/64"], _ => new[] { "2001:db8:20::/48" } };
        var zone = i == 0 ? Net : i == 1 ? Loc : Dmz;
        return
        [
            $"link set eth{i} up",
            $"addr add {Own(zone, IpVersion.V4)}/32 dev eth{i}",
            $"addr add {Own(zone, IpVersion.V6)}/128 dev eth{i} nodad",
            $"neigh add 169.254.0.{i + 1} lladdr {Mac(1, i)} dev eth{i} nud permanent",
            $"neigh add fe80::{i + 1} lladdr {Mac(1, i)} dev eth{i} nud permanent",
            .. zones4.Select(to => $"route add {to} via 169.254.0.{i + 1} dev eth{i} onlink"),
            .. zones6.Select(to => $"route add {to} via fe80::{i + 1} dev eth{i}"),
        ];
    }

    private static byte[] Ethernet(int cable, IpVersion version) =>
        [2, 0, 0, 0, 0, (byte)cable, 2, 0, 0, 0, 1, (byte)cable, .. version == IpVersion.V4 ? new byte[] { 0x08, 0x00 } : [0x86, 0xDD]];

    private static string Mac(int side, int cable) => string.Create(CultureInfo.InvariantCulture, $"02:00:00:00:0{side}:0{cable}");

    private static int Index(Zone zone) => zone.Interfaces[0][^1] - '0';

    private static Zone Named(string name, string device, string addresses) =>
        AddressSet.TryParse(addresses, out var set) ? new(name, [device], set) : throw new ArgumentException(addresses);

    private static T Inside<T>(string name, Func<T> work)
    {
        T result = default!;
        var thread = new Thread(() =>
        {
            Libc.EnterNamespace(name);
            result = work();
        });
        thread.Start();
        thread.Join();
        return result;
    }
}
