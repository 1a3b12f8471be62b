using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Readers;

/// <summary>
/// <c>conntrack -E</c>, with or without <c>-o timestamp</c> and <c>-o extended</c>: what the kernel lets through and remembers. The
/// first src, dst, sport and dport are the flow as it was started; only its beginning ([NEW]) counts, and in a listing (<c>-L</c>)
/// every line.
/// </summary>
internal sealed class ConntrackReader(LogTime time) : ILineReader
{
    public bool TryRead(ReadOnlySpan<byte> line, ref Sighting sighting, out LineKind kind)
    {
        kind = LineKind.Cut;
        var rest = line[(line.StartsWith("["u8) ? time.Read(line, out sighting.At) : 0)..].TrimStart(" \t"u8);
        var isEvent = rest.StartsWith("["u8);
        var isNew = rest.StartsWith("[NEW]"u8);
        if (isEvent && !isNew && !rest.StartsWith("[UPDATE]"u8) && !rest.StartsWith("[DESTROY]"u8))
        {
            return false;
        }

        rest = isEvent ? rest[(rest.IndexOf((byte)']') + 1)..].TrimStart((byte)' ') : rest;
        if (!TryProtocol(ref rest, out sighting.Protocol) || rest.IndexOf("src="u8) < 0)
        {
            return isEvent;
        }

        sighting.Passed = true;
        kind = Fields(rest, ref sighting);
        if (kind == LineKind.Flow && isEvent && !isNew)
        {
            kind = LineKind.Reply;
        }

        return true;
    }

    /// <summary>"udp      17 30 …", with <c>-o extended</c> behind "ipv4     2 ".</summary>
    private static bool TryProtocol(ref ReadOnlySpan<byte> rest, out IpProtocol protocol)
    {
        protocol = default;
        var word = Word(ref rest);
        if (word.SequenceEqual("ipv4"u8) || word.SequenceEqual("ipv6"u8))
        {
            Word(ref rest);
            word = Word(ref rest);
        }

        return !word.IsEmpty && ByteText.TryProtocol(Word(ref rest), out protocol);
    }

    private static LineKind Fields(ReadOnlySpan<byte> rest, ref Sighting sighting)
    {
        var (hasSource, hasDestination, ports, hasType) = (false, false, 0, false);
        while (!rest.IsEmpty)
        {
            var word = Word(ref rest);
            if (word.StartsWith("src="u8))
            {
                if (hasSource)
                {
                    break; // the way back begins
                }

                hasSource = ByteText.TryAddress(word[4..], out sighting.Version, out sighting.Source);
            }
            else if (word.StartsWith("dst="u8))
            {
                hasDestination = ByteText.TryAddress(word[4..], out var version, out sighting.Destination) && version == sighting.Version;
            }
            else if (word.StartsWith("sport="u8))
            {
                ports += ByteText.TryPort(word[6..], out sighting.SourcePort) ? 1 : 0;
            }
            else if (word.StartsWith("dport="u8))
            {
                ports += ByteText.TryPort(word[6..], out sighting.DestinationPort) ? 1 : 0;
            }
            else if (word.StartsWith("type="u8))
            {
                hasType = ByteText.TryNumber(word[5..], out var type) && type <= byte.MaxValue;
                sighting.IcmpType = (byte)type;
            }
        }

        var isWhole = hasSource && hasDestination && sighting.Protocol switch
        {
            IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.UdpLite or IpProtocol.Sctp => ports == 2,
            IpProtocol.Icmp or IpProtocol.Icmp6 => hasType,
            _ => true,
        };
        return isWhole ? LineKind.Flow : LineKind.Cut;
    }

    private static ReadOnlySpan<byte> Word(ref ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimStart((byte)' ');
        var end = rest.IndexOf((byte)' ');
        var word = end < 0 ? rest : rest[..end];
        rest = rest[word.Length..];
        return word;
    }
}
