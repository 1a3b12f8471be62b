using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Readers;

/// <summary>ulogd's JSON output, one object a line: "src_ip", "dest_port", "oob.in", "ip.protocol", "tcp.syn" …; none of the journal's.</summary>
internal sealed class UlogdJsonReader(LogNames names, LogTime time) : ILineReader
{
    public bool TryRead(ReadOnlySpan<byte> line, ref Sighting sighting, out LineKind kind)
    {
        kind = LineKind.Foreign;
        if (line.IsEmpty || line[0] != '{')
        {
            return false;
        }

        // A packet of the firewall itself has no "oob.in", one for it no "oob.out".
        (sighting.In, sighting.Out) = (LogNames.Empty, LogNames.Empty);
        var seen = default(Seen);
        var members = new JsonFields(line);
        while (members.MoveNext())
        {
            if (JournalReader.IsOfJournal(members.Name))
            {
                return false;
            }

            Take(members.Name, members.Value, ref seen, ref sighting);
        }

        if (!seen.HasSource && !seen.HasDestination)
        {
            kind = members.IsComplete ? LineKind.Foreign : LineKind.Cut;
            return !members.IsComplete;
        }

        sighting.Passed ??= names[sighting.Prefix].Passed;
        kind = members.IsComplete && !seen.IsWrong ? seen.Kind(sighting) : LineKind.Cut;
        return true;
    }

    private void Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref Seen seen, ref Sighting sighting)
    {
        switch (name.Length)
        {
            case 6 when name.SequenceEqual("src_ip"u8):
                seen.HasSource = ByteText.TryAddress(value, out sighting.Version, out sighting.Source);
                seen.IsWrong |= !seen.HasSource || (seen.HasDestination && seen.Version != sighting.Version);
                break;
            case 7 when name.SequenceEqual("dest_ip"u8):
                seen.HasDestination = ByteText.TryAddress(value, out seen.Version, out sighting.Destination);
                seen.IsWrong |= !seen.HasDestination || (seen.HasSource && seen.Version != sighting.Version);
                break;
            case 8 when name.SequenceEqual("src_port"u8):
                seen.IsWrong |= !ByteText.TryPort(value, out sighting.SourcePort);
                break;
            case 9 when name.SequenceEqual("dest_port"u8):
                seen.HasTarget = ByteText.TryPort(value, out sighting.DestinationPort);
                break;
            case 11 when name.SequenceEqual("ip.protocol"u8):
                seen.IsWrong |= !ByteText.TryProtocol(value, out sighting.Protocol);
                break;
            case 6 when name.SequenceEqual("oob.in"u8):
                sighting.In = names.Of(value);
                break;
            case 7 when name.SequenceEqual("oob.out"u8):
                sighting.Out = names.Of(value);
                break;
            case 10 when name.SequenceEqual("oob.prefix"u8):
                sighting.Prefix = names.Of(value.Trim((byte)' '));
                break;
            case 9 when name.SequenceEqual("timestamp"u8):
                time.Read(value, out sighting.At);
                break;
            default:
                Mark(name, value, ref seen, ref sighting);
                break;
        }
    }

    private static void Mark(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ref Seen seen, ref Sighting sighting)
    {
        if (name.SequenceEqual("tcp.syn"u8))
        {
            seen.IsSyn = value.SequenceEqual("1"u8);
        }
        else if (name.SequenceEqual("tcp.ack"u8))
        {
            seen.IsAck = value.SequenceEqual("1"u8);
        }
        else if (name.SequenceEqual("icmp.type"u8) || name.SequenceEqual("icmpv6.type"u8))
        {
            seen.HasType = ByteText.TryNumber(value, out var type) && type <= byte.MaxValue;
            sighting.IcmpType = (byte)type;
        }
        else if (name.SequenceEqual("ip.fragoff"u8))
        {
            seen.IsFragment = ByteText.TryNumber(value, out var offset) && (offset & 0x1FFF) != 0;
        }
        else if (name.SequenceEqual("action"u8))
        {
            sighting.Passed = value.SequenceEqual("allowed"u8) ? true : value.SequenceEqual("blocked"u8) ? false : null;
        }
    }

    /// <summary>What of a packet was said.</summary>
    private struct Seen
    {
        public IpVersion Version;
        public bool HasSource, HasDestination, HasTarget, HasType, IsSyn, IsAck, IsFragment, IsWrong;

        public readonly LineKind Kind(in Sighting sighting) => IsFragment ? LineKind.Reply : sighting.Protocol switch
        {
            IpProtocol.Any => LineKind.Cut,
            IpProtocol.Tcp => !HasTarget ? LineKind.Cut : IsSyn && !IsAck ? LineKind.Flow : LineKind.Reply,
            IpProtocol.Udp or IpProtocol.UdpLite => HasTarget ? LineKind.Flow : LineKind.Cut,
            IpProtocol.Icmp or IpProtocol.Icmp6 => !HasType ? LineKind.Cut : sighting.IcmpAsks ? LineKind.Flow : LineKind.Reply,
            _ => LineKind.Flow,
        };
    }
}
