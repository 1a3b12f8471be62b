using System.Text;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Shorewall;

/// <summary>The files of a whole configuration beside "rules": zones, interfaces, hosts, policy.</summary>
internal sealed class ShorewallWhole(Policy policy, IpVersion version, bool isMappingOpen)
{
    private const string EveryInterface = "+";

    /// <summary>Zones that have somebody in them in this family.</summary>
    private readonly List<Zone> _zones = [.. policy.Zones.Where(zone => !zone.Addresses.Of(version).IsEmpty)];

    public IEnumerable<(string Name, string Text)> Files(IReadOnlyList<DefaultVerdict> defaults)
    {
        yield return ("zones", $"fw firewall\n{Lines(_zones, zone => $"{zone.Name} {(version == IpVersion.V4 ? "ipv4" : "ipv6")}")}");
        yield return ("interfaces", $"?FORMAT 2\n{Lines(Interfaces(), name => $"{Sole(name)?.Name ?? "-"} {name}{Options(name)}")}");
        var hosts = Lines(Interfaces().Where(name => Sole(name) is null), name => Lines(At(name), zone => $"{zone.Name} {name}:{Networks(zone)}{Back(zone)}").TrimEnd('\n'));
        if (hosts.Length > 0)
        {
            yield return ("hosts", hosts);
        }

        yield return ("policy", Policy(defaults));
    }

    /// <summary>Where strangers live: what comes from there is dropped unless a rule says otherwise.</summary>
    public IEnumerable<Zone> Outside => _zones.Where(zone => policy.Defaults.Any(next => next.Verdict is Verdict.Drop && next.From?.Is(zone) == true));

    private IEnumerable<string> Interfaces() => _zones.SelectMany(Names).Distinct();

    private IEnumerable<Zone> At(string name) => _zones.Where(zone => Names(zone).Contains(name));

    /// <summary>The zone that everybody at the interface is in; null where "hosts" must say who is in which.</summary>
    private Zone? Sole(string name) => At(name).ToList() is [var only] && only.Addresses.IsAnyOf(version) ? only : null;

    private string Options(string name)
    {
        string[] options =
        [
            .. At(name).Any(zone => policy.RouteBack.Any(zone.Is)) ? ["routeback"] : Array.Empty<string>(),
            .. isMappingOpen && name != EveryInterface && At(name).Any(zone => Outside.Any(zone.Is)) ? ["upnp"] : Array.Empty<string>(),
        ];
        return options.Length == 0 ? "" : $" {string.Join(',', options)}";
    }

    private string Back(Zone zone) => policy.RouteBack.Any(zone.Is) ? " routeback" : "";

    private string Networks(Zone zone) => string.Join(',', zone.Addresses.Of(version).Networks().Select(network =>
        version == IpVersion.V4 ? AddressSet.Text(network) : $"[{network.BaseAddress}]/{network.PrefixLength}"));

    private static IEnumerable<string> Names(Zone zone) =>
        zone.Interfaces.Count == 0 ? [EveryInterface] : zone.Interfaces.Select(name => name.EndsWith('*') ? $"{name[..^1]}+" : name);

    private string Policy(IReadOnlyList<DefaultVerdict> defaults)
    {
        var text = new StringBuilder();
        // Without a word Shorewall lets the hosts of a zone with two interfaces reach each other.
        foreach (var zone in _zones.Where(zone => Names(zone).Count() > 1 && !policy.RouteBack.Any(zone.Is)))
        {
            var last = defaults.FirstOrDefault(next => (next.From?.Is(zone) ?? true) && (next.To?.Is(zone) ?? true));
            text.Append(Line(zone, zone, last));
        }

        foreach (var next in defaults)
        {
            if (Exists(next.From) && Exists(next.To))
            {
                text.Append(Line(next.From, next.To, next));
            }
        }

        return text.Append(defaults.Any(next => next is { From: null, To: null }) ? "" : "all all DROP\n").ToString();
    }

    private bool Exists(Zone? zone) => zone is null or { IsSelf: true } || _zones.Exists(zone.Is);

    private static string Line(Zone? from, Zone? to, DefaultVerdict? last)
    {
        var word = last?.Verdict switch
        {
            Verdict.Accept => "ACCEPT",
            Verdict.Reject => "REJECT",
            _ => "DROP",
        };
        return $"{Name(from)} {Name(to)} {word}{(last?.LogPrefix is null ? "" : " info")}\n";
    }

    private static string Name(Zone? zone) => zone is null ? "all" : zone.IsSelf ? "$FW" : zone.Name;

    private static string Lines<T>(IEnumerable<T> items, Func<T, string> line) => string.Concat(items.Select(item => $"{line(item)}\n"));
}
