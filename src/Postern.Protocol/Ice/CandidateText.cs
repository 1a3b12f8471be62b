using System.Globalization;
using System.Text;
using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>A candidate as a line of SDP (RFC 8839 §5.1), with or without its "a=".</summary>
public static class CandidateText
{
    private const int MaximumLength = 1024;

    /// <summary>The text after "a=".</summary>
    public static string Format(Candidate candidate)
    {
        var text = new StringBuilder(128);
        text.Append(CultureInfo.InvariantCulture, $"candidate:{candidate.Foundation} 1 udp {candidate.Priority} {candidate.Address.Address} {candidate.Address.Port} typ {Name(candidate.Type)}");
        if (candidate.Type != CandidateType.Host)
        {
            text.Append(CultureInfo.InvariantCulture, $" raddr {candidate.Related.Address} rport {candidate.Related.Port}");
        }

        if (candidate.UsernameFragment is { } fragment)
        {
            text.Append(CultureInfo.InvariantCulture, $" ufrag {fragment}");
        }

        return text.ToString();
    }

    /// <summary>Reads one line; extensions other than raddr, rport and ufrag are passed over.</summary>
    public static CandidateTextError TryParse(ReadOnlySpan<char> text, out Candidate? candidate)
    {
        candidate = null;
        text = text.Trim();
        text = text.StartsWith("a=", StringComparison.Ordinal) ? text[2..] : text;
        text = text.StartsWith("candidate:", StringComparison.OrdinalIgnoreCase) ? text[10..] : text;
        if (text.Length > MaximumLength)
        {
            return CandidateTextError.Malformed;
        }

        var words = new Words(text);
        var foundation = words.Next();
        if (foundation.Length is 0 or > 32 || !IceCredentials.AreIceCharacters(foundation)
            || !TryNumber(words.Next(), out var component) || component is 0 or > 256)
        {
            return CandidateTextError.Malformed;
        }

        var transport = words.Next();
        if (!TryNumber(words.Next(), out var priority) || !CandidatePriority.IsValid(priority))
        {
            return CandidateTextError.Malformed;
        }

        var host = words.Next();
        if (!TryNumber(words.Next(), out var port) || port > ushort.MaxValue || !words.Next().Equals("typ", StringComparison.OrdinalIgnoreCase))
        {
            return CandidateTextError.Malformed;
        }

        var error = Judge(component, transport, host, words.Next(), out var address, out var type);
        if (error != CandidateTextError.None || port == 0)
        {
            return error == CandidateTextError.None ? CandidateTextError.Malformed : error;
        }

        ReadExtensions(ref words, out var related, out var fragment);
        candidate = new()
        {
            Type = type,
            Address = new(address, (ushort)port),
            Related = related,
            Priority = priority,
            Foundation = foundation.ToString(),
            UsernameFragment = fragment,
        };
        return CandidateTextError.None;
    }

    private static CandidateTextError Judge(
        uint component, ReadOnlySpan<char> transport, ReadOnlySpan<char> host, ReadOnlySpan<char> typeName, out IpAddress address, out CandidateType type)
    {
        address = default;
        if (host.IsEmpty || typeName.IsEmpty)
        {
            type = default;
            return CandidateTextError.Malformed;
        }

        if (!TryType(typeName, out type))
        {
            return CandidateTextError.OtherType;
        }

        if (component != 1)
        {
            return CandidateTextError.OtherComponent;
        }

        if (!transport.Equals("udp", StringComparison.OrdinalIgnoreCase))
        {
            return CandidateTextError.OtherTransport;
        }

        return IpAddress.TryParse(host, out address) ? CandidateTextError.None
            : host.Contains('.') && !host.Contains(':') ? CandidateTextError.Name
            : CandidateTextError.Malformed;
    }

    private static void ReadExtensions(ref Words words, out Endpoint related, out string? fragment)
    {
        IpAddress address = default;
        uint port = 0;
        fragment = null;
        for (var name = words.Next(); !name.IsEmpty; name = words.Next())
        {
            var value = words.Next();
            switch (name)
            {
                case "raddr" when IpAddress.TryParse(value, out var parsed):
                    address = parsed;
                    break;
                case "rport" when TryNumber(value, out var number) && number <= ushort.MaxValue:
                    port = number;
                    break;
                case "ufrag" when value.Length <= IceCredentials.MaximumLength && IceCredentials.AreIceCharacters(value):
                    fragment = value.ToString();
                    break;
            }
        }

        related = new(address, (ushort)port);
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out uint number) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static string Name(CandidateType type) => type switch
    {
        CandidateType.Host => "host",
        CandidateType.ServerReflexive => "srflx",
        CandidateType.PeerReflexive => "prflx",
        _ => "relay",
    };

    private static bool TryType(ReadOnlySpan<char> name, out CandidateType type)
    {
        for (type = CandidateType.Host; type <= CandidateType.Relayed; type++)
        {
            if (name.Equals(Name(type), StringComparison.Ordinal))
            {
                return true;
            }
        }

        type = default;
        return false;
    }

    private ref struct Words(ReadOnlySpan<char> text)
    {
        private ReadOnlySpan<char> _rest = text;

        /// <summary>The next word; empty at the end, and where two spaces follow each other.</summary>
        public ReadOnlySpan<char> Next()
        {
            var end = _rest.IndexOf(' ');
            var word = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? [] : _rest[(end + 1)..];
            return word;
        }
    }
}
