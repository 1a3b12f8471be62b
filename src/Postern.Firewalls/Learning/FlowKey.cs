using System.Runtime.CompilerServices;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning;

/// <summary>What flows of one group have in common: all but their source ports.</summary>
/// <param name="Wide">What else they do not have in common, since the table was full.</param>
internal readonly record struct FlowKey(
    UInt128 Source,
    UInt128 Destination,
    ushort DestinationPort,
    ushort In,
    ushort Out,
    IpVersion Version,
    IpProtocol Protocol,
    byte IcmpType,
    sbyte Passed,
    FlowWidening Wide)
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FlowKey Of(in Sighting sighting) => new(
        sighting.Source, sighting.Destination, sighting.DestinationPort, sighting.In, sighting.Out, sighting.Version, sighting.Protocol,
        sighting.IcmpType, sighting.Passed switch { true => 1, false => -1, null => 0 }, FlowWidening.None);

    /// <summary>The group to which a flow falls back when there is no room for another.</summary>
    public FlowKey Widened(FlowWidening wide) => this with
    {
        Destination = 0,
        DestinationPort = wide == FlowWidening.Ports ? (ushort)0 : DestinationPort,
        Wide = wide,
    };

    /// <summary>Whether it is meant for one host: not a group, nor what is mostly a network's broadcast address.</summary>
    public bool IsToOne
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Version == IpVersion.V4 ? (uint)Destination < 0xE0000000 && (byte)Destination != 255 : Destination >> 120 != 0xFF;
    }

    public ulong Hash() => Hash(HashOfMany());

    /// <param name="many">See <see cref="HashOfMany"/>.</param>
    public ulong Hash(ulong many) => Wide == FlowWidening.None ? Mix(many ^ (ulong)Destination, (ulong)(Destination >> 64) ^ 0xD6E8FEB86659FD93) : many;

    /// <summary>The hash of the group without a destination.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong HashOfMany()
    {
        var hash = Mix((ulong)Source ^ 0x9E3779B97F4A7C15, (ulong)(Source >> 64) ^ DestinationPort);
        var wide = Wide == FlowWidening.None ? FlowWidening.Destinations : Wide;
        var rest = ((ulong)In << 48) | ((ulong)Out << 32) | ((ulong)IcmpType << 16) | ((ulong)Protocol << 8) | ((ulong)(uint)(Passed + 1) << 4) | (ulong)wide;
        return Mix(hash ^ rest, 0xE7037ED1A0B428DB);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Equals(FlowKey other) =>
        Source == other.Source && Destination == other.Destination && DestinationPort == other.DestinationPort && In == other.In && Out == other.Out
        && Version == other.Version && Protocol == other.Protocol && IcmpType == other.IcmpType && Passed == other.Passed && Wide == other.Wide;

    public override int GetHashCode() => (int)Hash();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a ^ 0xA0761D6478BD642F, b ^ 0x8EBC6AF09C88C6E3, out var low);
        return high ^ low;
    }
}
