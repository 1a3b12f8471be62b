using System.Reflection;
using System.Text.Json.Serialization;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Catalogue;

/// <summary>The words of catalogue entries for the values of our enumerations.</summary>
public static class EntryWords
{
    private static readonly (string Word, IpProtocol Value)[] Protocols =
    [
        ("tcp", IpProtocol.Tcp), ("udp", IpProtocol.Udp), ("sctp", IpProtocol.Sctp), ("udplite", IpProtocol.UdpLite),
        ("icmp", IpProtocol.Icmp), ("icmp6", IpProtocol.Icmp6), ("igmp", IpProtocol.Igmp), ("gre", IpProtocol.Gre),
        ("esp", IpProtocol.Esp), ("ah", IpProtocol.Ah), ("ipip", IpProtocol.IpInIp), ("ipv6", IpProtocol.Ipv6InIp),
        ("ospf", IpProtocol.Ospf), ("vrrp", IpProtocol.Vrrp),
    ];

    /// <summary>All words of an enumeration, in its order.</summary>
    public static IReadOnlyList<string> Of<T>() where T : struct, Enum => [.. Table<T>.Words.Select(pair => pair.Word)];

    public static string Of<T>(T value) where T : struct, Enum =>
        Array.Find(Table<T>.Words, pair => EqualityComparer<T>.Default.Equals(pair.Value, value)).Word ?? value.ToString().ToLowerInvariant();

    public static bool TryParse<T>(string word, out T value) where T : struct, Enum
    {
        var found = Array.Find(Table<T>.Words, pair => pair.Word == word);
        value = found.Value;
        return found.Word is not null;
    }

    /// <summary>Whether the protocol has ports.</summary>
    public static bool HasPorts(IpProtocol protocol) =>
        protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp or IpProtocol.UdpLite or IpProtocol.Any;

    private static class Table<T> where T : struct, Enum
    {
        public static readonly (string Word, T Value)[] Words = typeof(T) == typeof(IpProtocol)
            ? [.. Protocols.Select(pair => (pair.Word, (T)(object)pair.Value))]
            : [.. typeof(T).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field =>
                (field.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? field.Name.ToLowerInvariant(), (T)field.GetValue(null)!))];
    }
}
