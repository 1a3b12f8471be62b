using System.Net;
using System.Text.Json;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Hosts;

/// <summary>Whether a condition of nftables holds for a flow, as far as it can be told (libnftables-json(5)).</summary>
internal static class NftCondition
{
    /// <summary>The verdict that the expression is, or comes to for a new flow; null where it is none.</summary>
    public static JsonProperty? Verdict(JsonElement expression, HostFlow flow)
    {
        var first = Single(expression);
        return first switch
        {
            { Name: "accept" or "drop" or "reject" or "jump" or "goto" or "return" } => first,
            { Name: "vmap" } => Mapped(first.Value.Value, flow),
            _ => null,
        };
    }

    /// <summary>Null where we cannot tell. Statements that decide nothing hold.</summary>
    public static bool? Holds(JsonElement expression, HostFlow flow, NftRuleset host, string table) => Single(expression) switch
    {
        { Name: "match", Value: var match } => Matches(match, flow, host, table),
        { Name: "counter" or "log" or "mangle" or "notrack" or "ct helper" } => true,
        { Name: "vmap", Value: var map } => Value(map.GetProperty("key"), flow, out _) is string ? true : null, // none of its keys was the flow's
        _ => null,
    };

    private static bool? Matches(JsonElement match, HostFlow flow, NftRuleset host, string table)
    {
        var value = Value(match.GetProperty("left"), flow, out var isOther);
        if (isOther)
        {
            return match.GetProperty("op").GetString() == "!=" ? null : false; // a port of TCP, and the flow is of UDP
        }

        var isIn = value is null ? null : Contains(match.GetProperty("right"), value, host, table, 4);
        return match.GetProperty("op").GetString() switch
        {
            "==" or "in" => isIn,
            "!=" => !isIn,
            _ => null,
        };
    }

    /// <summary>The flow's value of a key: a text, a number or an address; null where it is not known.</summary>
    /// <param name="left">The key.</param>
    /// <param name="flow">The flow.</param>
    /// <param name="isOther">The key is of another protocol than the flow.</param>
    private static object? Value(JsonElement left, HostFlow flow, out bool isOther)
    {
        isOther = false;
        var (kind, protocol, field) = Single(left) switch
        {
            { Name: "meta", Value: var meta } => ("meta", "", Text(meta, "key")),
            { Name: "ct", Value: var ct } => ("ct", "", Text(ct, "key")),
            { Name: "payload", Value: var payload } => ("payload", Text(payload, "protocol"), Text(payload, "field")),
            _ => ("", "", ""),
        };
        if (kind == "payload")
        {
            isOther = protocol is "ip" or "ip6" ? (protocol == "ip") != (flow.Version == IpVersion.V4)
                : flow.Protocol != IpProtocol.Any && protocol is not ("" or "th") && protocol != (flow.Protocol == IpProtocol.Icmp6 ? "icmpv6" : flow.Protocol.Word());
        }

        return (kind, field) switch
        {
            ("meta", "iifname" or "iif") => flow.In,
            ("meta", "oifname" or "oif") => flow.Out,
            ("meta", "nfproto") => flow.Version == IpVersion.V4 ? "ipv4" : "ipv6",
            ("meta", "l4proto") or ("payload", "protocol" or "nexthdr") => flow.Protocol == IpProtocol.Any ? null : flow.Protocol,
            ("ct", "state") => "new",
            ("payload", "saddr") => flow.Source,
            ("payload", "daddr") => flow.Destination,
            ("payload", "sport") => flow.SourcePort,
            ("payload", "dport") => flow.DestinationPort,
            _ => null,
        };
    }

    private static bool? Contains(JsonElement right, object value, NftRuleset host, string table, int depth)
    {
        switch (right.ValueKind)
        {
            case JsonValueKind.String when right.GetString() is ['@', .. var name]:
                return depth > 0 && host.Sets.TryGetValue($"{table} {name}", out var set) && set.TryGetProperty("elem", out var elements)
                    ? Any(elements, value, host, table, depth)
                    : depth > 0 ? null : false;
            case JsonValueKind.String or JsonValueKind.Number:
                return Equal(right, value);
            case JsonValueKind.Array:
                return Any(right, value, host, table, depth);
            case JsonValueKind.Object when Single(right) is { } inner:
                return inner.Name switch
                {
                    "set" => Any(inner.Value, value, host, table, depth),
                    "elem" => Contains(inner.Value.GetProperty("val"), value, host, table, depth - 1),
                    "prefix" => InPrefix(inner.Value, value),
                    "range" => InRange(inner.Value[0], inner.Value[1], value),
                    _ => null,
                };
            default:
                return null;
        }
    }

    private static bool? Any(JsonElement elements, object value, NftRuleset host, string table, int depth)
    {
        bool? any = false;
        foreach (var element in elements.EnumerateArray())
        {
            var one = Contains(element, value, host, table, depth - 1);
            if (one == true)
            {
                return true;
            }

            any = one is null ? null : any;
        }

        return any;
    }

    private static bool? Equal(JsonElement right, object value) => value switch
    {
        IPAddress address => IPAddress.TryParse(right.ToString(), out var other) && address.Equals(other),
        ushort port => right.ValueKind == JsonValueKind.Number ? right.GetInt32() == port : null, // names of services
        IpProtocol protocol => right.ValueKind == JsonValueKind.Number
            ? right.GetInt32() == (int)protocol
            : right.GetString() == (protocol == IpProtocol.Icmp6 ? "ipv6-icmp" : protocol.Word()),
        string text => right.ToString() is var other && (other.EndsWith('*') ? text.StartsWith(other[..^1], StringComparison.Ordinal) : text == other),
        _ => null,
    };

    private static bool? InPrefix(JsonElement prefix, object value) =>
        value is IPAddress address && IPNetwork.TryParse($"{Text(prefix, "addr")}/{prefix.GetProperty("len")}", out var network) ? network.Contains(address) : null;

    private static bool? InRange(JsonElement low, JsonElement high, object value) => value switch
    {
        ushort port when low.ValueKind == JsonValueKind.Number => low.GetInt32() <= port && port <= high.GetInt32(),
        IPAddress address when IPAddress.TryParse(low.ToString(), out var first) && IPAddress.TryParse(high.ToString(), out var last) =>
            AddressRange.Number(first).Value <= AddressRange.Number(address).Value && AddressRange.Number(address).Value <= AddressRange.Number(last).Value,
        _ => null,
    };

    /// <summary>A map from states of connections to verdicts is the usual one; of others we know nothing.</summary>
    private static JsonProperty? Mapped(JsonElement map, HostFlow flow)
    {
        var isSet = map.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object && data.TryGetProperty("set", out data);
        if (!isSet || Value(map.GetProperty("key"), flow, out _) is not string value)
        {
            return null;
        }

        var found = data.EnumerateArray().FirstOrDefault(pair => pair.ValueKind == JsonValueKind.Array && pair[0].ToString() == value);
        return found.ValueKind == JsonValueKind.Array ? Single(found[1]) : null;
    }

    private static JsonProperty? Single(JsonElement expression) =>
        expression.ValueKind == JsonValueKind.Object && expression.EnumerateObject().ToList() is [var only, ..] ? only : null;

    private static string Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.ToString() : "";
}
