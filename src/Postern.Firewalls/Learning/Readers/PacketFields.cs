using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Readers;

/// <summary>
/// "IN=eth0 OUT= MAC=… SRC=… DST=… LEN=… PROTO=UDP SPT=… DPT=… LEN=…", as the kernel (<c>nf_log_ipv4</c>, <c>nf_log_ipv6</c>) and
/// ulogd's LOGEMU write it. Flags are bare words, LEN stands twice, and an ICMP error quotes the packet that it is about in brackets.
/// </summary>
internal sealed class PacketFields(LogNames names)
{
    private const int LongestPrefix = 128; // nftables: NF_LOG_PREFIXLEN

    /// <summary>Where the fields begin: at "IN=", which "OUT=" must follow. -1 where they do not.</summary>
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
            var blank = line[at..].IndexOf((byte)' ');
            if (blank >= 0 && line[(at + blank + 1)..].StartsWith("OUT="u8))
            {
                return at;
            }

            from = at + 3;
        }
    }

    /// <summary>Reads what stands before "IN=" and behind a line's heading, and then the fields.</summary>
    public LineKind Read(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> fields, ref Sighting sighting)
    {
        prefix = prefix.Trim((byte)' ');
        if (prefix.Length > LongestPrefix)
        {
            return LineKind.Foreign;
        }

        sighting.Prefix = names.Of(prefix);
        sighting.Passed = names[sighting.Prefix].Passed;
        var packet = default(Seen);
        var next = 0;
        for (var block = 0; block < fields.Length; block += Vector256<byte>.Count)
        {
            for (var blanks = Blanks(fields[block..]); blanks != 0; blanks &= blanks - 1)
            {
                var blank = block + BitOperations.TrailingZeroCount(blanks);
                Take(fields[next..blank], ref packet, ref sighting);
                next = blank + 1;
            }
        }

        Take(fields[next..], ref packet, ref sighting);
        return packet.Kind(sighting);
    }

    /// <summary>
    /// Where blanks stand among the next 32 bytes, a bit for each. A line has some twenty short words: to look for the end of each by
    /// itself would take longer than all else that is done with it.
    /// </summary>
    private static uint Blanks(ReadOnlySpan<byte> text)
    {
        if (text.Length >= Vector256<byte>.Count)
        {
            return Vector256.Equals(Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(text)), Vector256.Create((byte)' ')).ExtractMostSignificantBits();
        }

        var blanks = 0u;
        for (var i = 0; i < text.Length; i++)
        {
            blanks |= (text[i] == ' ' ? 1u : 0) << i;
        }

        return blanks;
    }

    private void Take(ReadOnlySpan<byte> word, ref Seen packet, ref Sighting sighting)
    {
        if (word.Length < 3 || packet.IsQuoting)
        {
            return;
        }

        switch (word[0])
        {
            case (byte)'I' when word[1] == 'N' && word[2] == '=':
                packet.IsTwice |= packet.HasIn;
                packet.HasIn = true;
                sighting.In = names.Of(word[3..]);
                break;
            case (byte)'O' when word.StartsWith("OUT="u8):
                sighting.Out = names.Of(word[4..]);
                break;
            case (byte)'S' when word.StartsWith("SRC="u8):
                packet.IsTwice |= packet.HasSource;
                packet.HasSource = ByteText.TryAddress(word[4..], out sighting.Version, out sighting.Source);
                packet.IsWrong |= !packet.HasSource;
                break;
            case (byte)'D' when word.StartsWith("DST="u8):
                packet.HasDestination = ByteText.TryAddress(word[4..], out var version, out sighting.Destination);
                packet.IsWrong |= !packet.HasDestination || version != sighting.Version;
                break;
            case (byte)'P' when word.StartsWith("PROTO="u8):
                packet.IsWrong |= !ByteText.TryProtocol(word[6..], out sighting.Protocol);
                break;
            case (byte)'S' when word.StartsWith("SPT="u8):
                packet.HasPorts = ByteText.TryPort(word[4..], out sighting.SourcePort);
                packet.IsWrong |= !packet.HasPorts;
                break;
            case (byte)'D' when word.StartsWith("DPT="u8):
                packet.HasPorts &= ByteText.TryPort(word[4..], out sighting.DestinationPort);
                packet.HasTarget = packet.HasPorts;
                break;
            case (byte)'T' when word.StartsWith("TYPE="u8):
                packet.HasType = ByteText.TryNumber(word[5..], out var type) && type <= byte.MaxValue;
                sighting.IcmpType = (byte)type;
                break;
            default:
                Mark(word, ref packet);
                break;
        }
    }

    private static void Mark(ReadOnlySpan<byte> word, ref Seen packet)
    {
        switch (word[0])
        {
            case (byte)'S' when word.SequenceEqual("SYN"u8):
                packet.IsSyn = true;
                break;
            case (byte)'A' when word.SequenceEqual("ACK"u8):
                packet.IsAck = true;
                break;
            case (byte)'R' when word.SequenceEqual("RST"u8):
            case (byte)'F' when word.SequenceEqual("FIN"u8):
                packet.IsEnd = true;
                break;
            case (byte)'R' when word.StartsWith("RES="u8):
            case (byte)'U' when word.StartsWith("URGP="u8):
                packet.HasFlags = true; // the flags stand between these two
                break;
            case (byte)'F' when word.StartsWith("FRAG:"u8):
                packet.IsFragment = true; // not the first: it has no ports
                break;
            case (byte)'[' when word.StartsWith("[SRC="u8):
                packet.IsQuoting = true;
                break;
        }
    }

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
