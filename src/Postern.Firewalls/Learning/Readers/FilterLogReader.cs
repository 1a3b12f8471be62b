using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Readers;

/// <summary>
/// filterlog of pfSense and OPNsense: fields with commas between, of which the tenth and on depend on the family and the protocol
/// (docs.netgate.com, "Raw Filter Log Format"). Before them may stand a heading of syslog, old (RFC 3164) or new (RFC 5424).
/// </summary>
internal sealed class FilterLogReader(LogNames names, LogTime time) : ILineReader
{
    private const int Common = 8; // rule, sub-rule, anchor, tracker, interface, reason, action, direction
    private const int ProtocolV4 = 7; // version, TOS, ECN, TTL, id, offset, flags: then the number
    private const int ProtocolV6 = 5; // version, class, flow label, hop limit, name: then the number

    public bool TryRead(ReadOnlySpan<byte> line, ref Sighting sighting, out LineKind kind)
    {
        kind = LineKind.Cut;
        var tag = line.IndexOf("filterlog"u8);
        if (tag < 0 && !IsBare(line))
        {
            return false;
        }

        if (tag >= 0)
        {
            ReadMoment(line, ref sighting);
            line = line[tag..];
            var comma = line.IndexOf((byte)',');
            line = comma < 0 ? [] : line[(line[..comma].LastIndexOf((byte)' ') + 1)..];
        }

        kind = Read(line, ref sighting);
        return true;
    }

    private static bool IsBare(ReadOnlySpan<byte> line) =>
        line.Length > 20 && line[0] is >= (byte)'0' and <= (byte)'9' && line.IndexOf(",match,"u8) > 0 && line.Count((byte)',') > Common + ProtocolV6;

    private void ReadMoment(ReadOnlySpan<byte> line, ref Sighting sighting)
    {
        if (line[0] == '<')
        {
            line = line[(line.IndexOf((byte)'>') + 1)..];
            line = line.StartsWith("1 "u8) ? line[2..] : line; // RFC 5424's version
        }

        time.Read(line, out sighting.At);
    }

    private LineKind Read(ReadOnlySpan<byte> line, ref Sighting sighting)
    {
        var field = new Fields(line);
        field.Skip(4);
        var name = names.Of(field.Next());
        field.Skip(1);
        var action = field.Next();
        var direction = field.Next();
        sighting.Passed = action.SequenceEqual("pass"u8) ? true : action.SequenceEqual("block"u8) || action.SequenceEqual("reject"u8) ? false : null;
        (sighting.In, sighting.Out) = direction.SequenceEqual("out"u8) ? (LogNames.Unsaid, name) : (name, LogNames.Unsaid);

        var version = field.Next();
        var isV4 = version.SequenceEqual("4"u8);
        if (!isV4 && !version.SequenceEqual("6"u8))
        {
            return LineKind.Cut;
        }

        field.Skip(isV4 ? 4 : ProtocolV6 - 1);
        var isFragment = isV4 && !field.Next().SequenceEqual("0"u8);
        field.Skip(isV4 ? ProtocolV4 - 6 : 0);
        var hasProtocol = ByteText.TryProtocol(field.Next(), out sighting.Protocol);
        field.Skip(isV4 ? 2 : 1); // its name where not said before, the length
        var hasAddresses = ByteText.TryAddress(field.Next(), out sighting.Version, out sighting.Source)
            & ByteText.TryAddress(field.Next(), out var other, out sighting.Destination);
        var isPacket = hasProtocol && hasAddresses && other == sighting.Version && sighting.Version == (isV4 ? IpVersion.V4 : IpVersion.V6);
        return !isPacket ? LineKind.Cut : isFragment ? LineKind.Reply : Payload(ref field, ref sighting);
    }

    private static LineKind Payload(ref Fields field, ref Sighting sighting)
    {
        switch (sighting.Protocol)
        {
            case IpProtocol.Tcp or IpProtocol.Udp:
                var hasPorts = ByteText.TryPort(field.Next(), out sighting.SourcePort) & ByteText.TryPort(field.Next(), out sighting.DestinationPort);
                field.Skip(1);
                var flags = sighting.Protocol == IpProtocol.Tcp ? field.Next() : "S"u8;
                return !hasPorts || flags.IsEmpty ? LineKind.Cut : flags.Contains((byte)'S') && !flags.Contains((byte)'A') ? LineKind.Flow : LineKind.Reply;
            case IpProtocol.Icmp:
                var asks = field.Next().SequenceEqual("request"u8);
                sighting.IcmpType = 8;
                return asks ? LineKind.Flow : LineKind.Reply;
            case IpProtocol.Icmp6:
                return LineKind.Reply; // filterlog does not say its type
            default:
                return LineKind.Flow;
        }
    }

    /// <summary>Fields with commas between; empty behind the last.</summary>
    private ref struct Fields(ReadOnlySpan<byte> line)
    {
        private ReadOnlySpan<byte> _rest = line;

        public ReadOnlySpan<byte> Next()
        {
            var comma = _rest.IndexOf((byte)',');
            var field = comma < 0 ? _rest : _rest[..comma];
            _rest = comma < 0 ? [] : _rest[(comma + 1)..];
            return field;
        }

        public void Skip(int count)
        {
            for (; count > 0; count--)
            {
                Next();
            }
        }
    }
}
