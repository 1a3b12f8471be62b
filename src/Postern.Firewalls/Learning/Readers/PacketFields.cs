using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Postern.Firewalls.Learning.Shapes;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Readers;

/// <summary>
/// "IN=eth0 OUT= MAC=… SRC=… DST=… LEN=… PROTO=UDP SPT=… DPT=… LEN=…", as the kernel (<c>nf_log_ipv4</c>, <c>nf_log_ipv6</c>) and
/// ulogd's LOGEMU write it. Flags are bare words, LEN stands twice, and an ICMP error quotes the packet that it is about in brackets.
/// </summary>
internal sealed class PacketFields(LogNames names, LogTime time)
{
    private const int LongestPrefix = 128; // nftables: NF_LOG_PREFIXLEN
    private const int Beginning = 3; // so many letters tell a word from the others, and no word that counts has fewer

    // The beginnings, as numbers.
    private const int In = 'I' | ('N' << 8) | ('=' << 16);
    private const int Out = 'O' | ('U' << 8) | ('T' << 16);
    private const int Source = 'S' | ('R' << 8) | ('C' << 16);
    private const int Destination = 'D' | ('S' << 8) | ('T' << 16);
    private const int Protocol = 'P' | ('R' << 8) | ('O' << 16);
    private const int SourcePort = 'S' | ('P' << 8) | ('T' << 16);
    private const int DestinationPort = 'D' | ('P' << 8) | ('T' << 16);
    private const int Type = 'T' | ('Y' << 8) | ('P' << 16);
    private const int Syn = 'S' | ('Y' << 8) | ('N' << 16);
    private const int Ack = 'A' | ('C' << 8) | ('K' << 16);
    private const int Rst = 'R' | ('S' << 8) | ('T' << 16);
    private const int Fin = 'F' | ('I' << 8) | ('N' << 16);
    private const int Reserved = 'R' | ('E' << 8) | ('S' << 16);
    private const int Urgent = 'U' | ('R' << 8) | ('G' << 16);
    private const int Fragment = 'F' | ('R' << 8) | ('A' << 16);
    private const int Quoted = '[' | ('S' << 8) | ('R' << 16);

    private readonly LineShapes _shapes = new(names, time);
    private readonly List<ShapeValue> _values = [];
    private ushort _prefix; // the last ones: mostly the next line's too
    private ushort _in;
    private ushort _out;
    private bool? _passed;
    private int _age = -1; // of the names when the prefix was numbered

    /// <summary>Where the fields begin: at "IN=", which "OUT=" must follow. -1 where they do not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Find(ReadOnlySpan<byte> line)
    {
        for (var from = 0; ;)
        {
            var at = line[from..].IndexOf("IN="u8);
            if (at < 0)
            {
                return -1;
            }

            at += from;
            var blank = LineBytes.IndexOf(line[at..], (byte)' ');
            if (blank >= 0 && line[(at + blank + 1)..].StartsWith("OUT="u8))
            {
                return at;
            }

            from = at + 3;
        }
    }

    /// <summary>Reads what stands before "IN=" and behind a line's heading, and then the fields.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public LineKind Read(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> fields, ref Sighting sighting)
    {
        prefix = prefix.Trim((byte)' ');
        if (prefix.Length > LongestPrefix)
        {
            return LineKind.Foreign;
        }

        sighting.Prefix = _prefix = names.Of(prefix, _prefix);
        sighting.Passed = _passed = names[sighting.Prefix].Passed;
        _age = names.Age;
        var (at, number, passed) = (sighting.At, sighting.Prefix, sighting.Passed);
        if (_shapes.TryRead(fields, ref sighting, out var kind))
        {
            (sighting.At, sighting.Prefix, sighting.Passed) = (at, number, passed); // these stand before the fields
            return kind;
        }

        var packet = default(Seen);
        Split(fields, ref packet, ref sighting);
        kind = packet.Kind(sighting);
        if (_shapes.WantsToLearn())
        {
            Learn(fields, packet, sighting, kind);
        }

        return kind;
    }

    /// <summary>Reads fields of a known shape that stand behind the same prefix as the last ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryReadAlike(ReadOnlySpan<byte> fields, long at, ref Sighting sighting, out LineKind kind)
    {
        if (_age != names.Age || !_shapes.TryRead(fields, ref sighting, out kind))
        {
            kind = default;
            return false;
        }

        (sighting.At, sighting.Prefix, sighting.Passed) = (at, _prefix, _passed);
        return true;
    }

    /// <summary>A line has some twenty short words: to look for the end of each by itself would take longer than all else that is done with it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Split(ReadOnlySpan<byte> fields, ref Seen packet, ref Sighting sighting)
    {
        var next = 0;
        for (var block = 0; block < fields.Length; block += Vector256<byte>.Count)
        {
            for (var blanks = LineBytes.Places(fields[block..], (byte)' '); blanks != 0; blanks &= blanks - 1)
            {
                var blank = block + BitOperations.TrailingZeroCount(blanks);
                Take(fields[next..blank], ref packet, ref sighting);
                next = blank + 1;
            }
        }

        Take(fields[next..], ref packet, ref sighting);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Take(ReadOnlySpan<byte> word, ref Seen packet, ref Sighting sighting)
    {
        if (word.Length < Beginning || packet.IsQuoting)
        {
            return;
        }

        switch (word[0] | (word[1] << 8) | (word[2] << 16))
        {
            case In:
                packet.IsTwice |= packet.HasIn;
                packet.HasIn = true;
                sighting.In = _in = names.Of(word[3..], _in);
                break;
            case Out when word.StartsWith("OUT="u8):
                sighting.Out = _out = names.Of(word[4..], _out);
                break;
            case Source when word.StartsWith("SRC="u8):
                packet.IsTwice |= packet.HasSource;
                packet.HasSource = ByteText.TryAddress(word[4..], out sighting.Version, out sighting.Source);
                packet.IsWrong |= !packet.HasSource;
                break;
            case Destination when word.StartsWith("DST="u8):
                packet.HasDestination = ByteText.TryAddress(word[4..], out var version, out sighting.Destination);
                packet.IsWrong |= !packet.HasDestination || version != sighting.Version;
                break;
            case Protocol or SourcePort or DestinationPort or Type:
                TakeTransport(word, ref packet, ref sighting);
                break;
            case Syn or Ack or Rst or Fin or Reserved or Urgent or Fragment or Quoted:
                Mark(word, ref packet);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TakeTransport(ReadOnlySpan<byte> word, ref Seen packet, ref Sighting sighting)
    {
        if (word.StartsWith("SPT="u8))
        {
            packet.HasPorts = ByteText.TryPort(word[4..], out sighting.SourcePort);
            packet.IsWrong |= !packet.HasPorts;
        }
        else if (word.StartsWith("DPT="u8))
        {
            packet.HasPorts &= ByteText.TryPort(word[4..], out sighting.DestinationPort);
            packet.HasTarget = packet.HasPorts;
        }
        else if (word.StartsWith("PROTO="u8))
        {
            packet.IsWrong |= !ByteText.TryProtocol(word[6..], out sighting.Protocol);
        }
        else if (word.StartsWith("TYPE="u8))
        {
            packet.HasType = ByteText.TryNumber(word[5..], out var type) && type <= byte.MaxValue;
            sighting.IcmpType = (byte)type;
        }
    }

    private static void Mark(ReadOnlySpan<byte> word, ref Seen packet)
    {
        packet.IsSyn |= word.SequenceEqual("SYN"u8);
        packet.IsAck |= word.SequenceEqual("ACK"u8);
        packet.IsEnd |= word.SequenceEqual("RST"u8) || word.SequenceEqual("FIN"u8);
        packet.HasFlags |= word.StartsWith("RES="u8) || word.StartsWith("URGP="u8); // the flags stand between these two
        packet.IsFragment |= word.StartsWith("FRAG:"u8); // not the first: it has no ports
        packet.IsQuoting |= word.StartsWith("[SRC="u8);
    }

    private void Learn(ReadOnlySpan<byte> fields, in Seen packet, in Sighting sighting, LineKind kind)
    {
        _values.Clear();
        for (var (start, end) = (0, 0); start < fields.Length && !packet.IsQuoting; start = end + 1)
        {
            end = fields[start..].IndexOf((byte)' ');
            end = end < 0 ? fields.Length : start + end;
            var word = fields[start..end];
            var sign = word.IndexOf((byte)'=') + 1;
            if (sign > 0)
            {
                _values.Add(new(FieldOf(word[..sign]), ShapeEnd.Word, start + sign, end));
            }
        }

        _shapes.Learn(fields, CollectionsMarshal.AsSpan(_values), sighting, packet.IsQuoting ? LineKind.Cut : kind);
    }

    /// <summary>By what stands before the value, "SRC=".</summary>
    private static ShapeField FieldOf(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("IN="u8) ? ShapeField.In
        : key.SequenceEqual("OUT="u8) ? ShapeField.Out
        : key.SequenceEqual("SRC="u8) ? ShapeField.Source
        : key.SequenceEqual("DST="u8) ? ShapeField.Destination
        : key.SequenceEqual("SPT="u8) ? ShapeField.SourcePort
        : key.SequenceEqual("DPT="u8) ? ShapeField.DestinationPort
        : key.SequenceEqual("PROTO="u8) || key.SequenceEqual("TYPE="u8) ? ShapeField.Fixed
        : ShapeField.Free;

    /// <summary>What of a packet was said.</summary>
    private struct Seen
    {
        public bool HasIn, HasSource, HasDestination, HasPorts, HasTarget, HasType, HasFlags;
        public bool IsSyn, IsAck, IsEnd, IsFragment, IsQuoting, IsTwice, IsWrong;

        public readonly LineKind Kind(in Sighting sighting)
        {
            if (IsTwice)
            {
                return LineKind.Interleaved;
            }

            if (IsWrong || !HasSource || !HasDestination || sighting.Protocol == IpProtocol.Any)
            {
                return LineKind.Cut;
            }

            return IsFragment ? LineKind.Reply : sighting.Protocol switch
            {
                IpProtocol.Tcp when !HasTarget || !HasFlags => LineKind.Cut,
                IpProtocol.Tcp => IsSyn && !IsAck && !IsEnd ? LineKind.Flow : LineKind.Reply,
                IpProtocol.Udp or IpProtocol.UdpLite => HasTarget ? LineKind.Flow : LineKind.Cut,
                IpProtocol.Icmp or IpProtocol.Icmp6 => !HasType ? LineKind.Cut : sighting.IcmpAsks ? LineKind.Flow : LineKind.Reply,
                _ => LineKind.Flow,
            };
        }
    }
}
