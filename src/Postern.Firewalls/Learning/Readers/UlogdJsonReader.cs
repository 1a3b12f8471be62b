using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Postern.Firewalls.Learning.Shapes;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Readers;

/// <summary>ulogd's JSON output, one object a line: "src_ip", "dest_port", "oob.in", "ip.protocol", "tcp.syn" …; none of the journal's.</summary>
internal sealed class UlogdJsonReader(LogNames names, LogTime time) : ILineReader
{
    private readonly LineShapes _shapes = new(names, time);
    private readonly List<ShapeValue> _values = [];
    private ushort _prefix; // the last ones: mostly the next line's too
    private ushort _in;
    private ushort _out;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryRead(ReadOnlySpan<byte> line, ref Sighting sighting, out LineKind kind)
    {
        kind = LineKind.Foreign;
        if (line.IsEmpty || line[0] != '{')
        {
            return false;
        }

        if (_shapes.TryRead(line, ref sighting, out kind))
        {
            return true;
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
        if (_shapes.WantsToLearn())
        {
            Learn(line, seen, sighting, kind);
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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
                sighting.In = _in = names.Of(value, _in);
                break;
            case 7 when name.SequenceEqual("oob.out"u8):
                sighting.Out = _out = names.Of(value, _out);
                break;
            case 10 when name.SequenceEqual("oob.prefix"u8):
                sighting.Prefix = _prefix = names.Of(value.Trim((byte)' '), _prefix);
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
            seen.HasAction = true;
            sighting.Passed = value.SequenceEqual("allowed"u8) ? true : value.SequenceEqual("blocked"u8) ? false : null;
        }
    }

    private void Learn(ReadOnlySpan<byte> line, in Seen seen, in Sighting sighting, LineKind kind)
    {
        _values.Clear();
        var members = new JsonFields(line);
        while (members.MoveNext())
        {
            var isNested = members.Value is [(byte)'{' or (byte)'[', ..] && !members.IsString;
            var field = isNested ? ShapeField.Fixed : FieldOf(members.Name);
            field = field == ShapeField.Prefix && seen.HasAction ? ShapeField.Fixed : field; // the action says whether it passed, not the prefix
            _values.Add(new(field, members.IsString ? ShapeEnd.String : ShapeEnd.Number, members.ValueStart, members.ValueStart + members.Value.Length));
        }

        _shapes.Learn(line, CollectionsMarshal.AsSpan(_values), sighting, kind);
    }

    private static ShapeField FieldOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("src_ip"u8) ? ShapeField.Source
        : name.SequenceEqual("dest_ip"u8) ? ShapeField.Destination
        : name.SequenceEqual("src_port"u8) ? ShapeField.SourcePort
        : name.SequenceEqual("dest_port"u8) ? ShapeField.DestinationPort
        : name.SequenceEqual("oob.in"u8) ? ShapeField.In
        : name.SequenceEqual("oob.out"u8) ? ShapeField.Out
        : name.SequenceEqual("oob.prefix"u8) ? ShapeField.Prefix
        : name.SequenceEqual("timestamp"u8) ? ShapeField.Moment
        : name.SequenceEqual("ip.protocol"u8) || name.SequenceEqual("ip.fragoff"u8) || name.SequenceEqual("tcp.syn"u8) || name.SequenceEqual("tcp.ack"u8)
            || name.SequenceEqual("icmp.type"u8) || name.SequenceEqual("icmpv6.type"u8) || name.SequenceEqual("action"u8) ? ShapeField.Fixed
        : ShapeField.Free;

    /// <summary>What of a packet was said.</summary>
    private struct Seen
    {
        public IpVersion Version;
        public bool HasSource, HasDestination, HasTarget, HasType, HasAction, IsSyn, IsAck, IsFragment, IsWrong;

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
