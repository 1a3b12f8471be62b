using System.Net;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>
/// Finds the zones of a log: one for each interface; where the log names none, the private addresses and the rest of the world, or the
/// host that takes part in nearly everything and the rest.
/// </summary>
internal sealed class ZoneFinder
{
    private const double NearlyAll = 0.95;
    private const int LongestInterface = 15; // Linux: IFNAMSIZ less the final zero

    private static readonly Zone Private = new("loc", [], AddressSet.Of(
        ((string[])["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10"])
        .Select(text => AddressRange.Of(IPNetwork.Parse(text)))));

    private static readonly Zone World = new("net", [], AddressSet.Any);

    private readonly Dictionary<string, Zone> _byInterface = new(StringComparer.Ordinal);
    private readonly HashSet<IPAddress> _own;

    public ZoneFinder(IReadOnlyList<FlowGroup> groups, LearnOptions options)
    {
        var says = groups.Any(group => group.In != LogNames.Unsaid || group.Out != LogNames.Unsaid);
        _own = says || options.IsRouter == true ? [] : Own(groups, options);
        IsRouter = options.IsRouter ?? (says ? groups.Any(group => group.InInterface != "" && group.OutInterface != "") : _own.Count == 0);
    }

    public bool IsRouter { get; }

    public IReadOnlyList<Zone> Zones => [.. _byInterface.Values.OrderBy(zone => zone.Name, StringComparer.Ordinal)];

    public Zone From(FlowGroup group) => Of(group.In, group.InInterface, group.Source, group.Out == LogNames.Unsaid);

    public Zone To(FlowGroup group) => Of(group.Out, group.OutInterface, group.Destination, group.In == LogNames.Unsaid);

    /// <summary>A name that a system can have: what a log says goes into a rule.</summary>
    public static bool IsInterface(string name)
    {
        foreach (var sign in name)
        {
            if (!char.IsAsciiLetterOrDigit(sign) && sign is not ('_' or '-' or '.' or ':' or '@'))
            {
                return false;
            }
        }

        return name.Length <= LongestInterface;
    }

    private Zone Of(ushort id, string name, IPAddress? address, bool isOtherUnsaid)
    {
        if (id == LogNames.Empty || (id == LogNames.Unsaid && address is not null && _own.Contains(address)))
        {
            return Zone.Self;
        }

        if (id != LogNames.Unsaid)
        {
            return _byInterface.TryGetValue(name, out var known) ? known : Keep(name, new(ZoneName(name), [name], AddressSet.Any));
        }

        // A log that names the one end's interface means the other to be anywhere else.
        var isPrivate = _own.Count == 0 && isOtherUnsaid && address is not null && Private.Addresses.Contains(address);
        return isPrivate ? Keep("", Private) : Keep(" ", World);
    }

    private Zone Keep(string key, Zone zone)
    {
        _byInterface.TryAdd(key, zone);
        return _byInterface[key];
    }

    /// <summary>Letters and digits in lower case.</summary>
    private static string ZoneName(string name)
    {
        var plain = string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();
        return plain.Length == 0 || plain == Zone.Self.Name || !char.IsAsciiLetter(plain[0]) ? "z" + plain : plain;
    }

    private static HashSet<IPAddress> Own(IReadOnlyList<FlowGroup> groups, LearnOptions options)
    {
        if (options.IsRouter == false && options.Hosts.Count > 0)
        {
            return [.. options.Hosts];
        }

        var total = groups.Sum(group => group.Count);
        var parts = groups.SelectMany(group => new[] { (Host: group.Source, group.Count), (Host: group.Destination, group.Count) })
            .Where(part => part.Host is not null)
            .GroupBy(part => part.Host!, part => part.Count)
            .Select(part => (Host: part.Key, Share: part.Sum() / (double)total))
            .OrderByDescending(part => part.Share).Take(2).ToArray();
        var isClear = parts is [var first, var second] && first.Share >= NearlyAll && second.Share < NearlyAll; // two hosts alone: either may be it
        return isClear ? [parts[0].Host] : options.IsRouter == false && parts.Length > 0 ? [parts[0].Host] : [];
    }
}
