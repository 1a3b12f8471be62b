using System.Globalization;

namespace Postern.Protocol.Net;

/// <summary>A transport address (RFC 8489 §3): IP address and port. The transport is known from where it stands.</summary>
public readonly record struct Endpoint(IpAddress Address, ushort Port) : IComparable<Endpoint>
{
    /// <summary>[::]:0, which stands for "no endpoint".</summary>
    public static readonly Endpoint None;

    public bool IsV4 => Address.IsV4;

    public static bool TryParse(ReadOnlySpan<char> text, out Endpoint endpoint)
    {
        endpoint = default;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return false;
        }

        var host = text[..colon];
        var bracketed = host is ['[', .., ']'];
        if (bracketed)
        {
            host = host[1..^1];
        }
        else if (host.Contains(':'))
        {
            return false; // an IPv6 address without brackets has no telling where its port begins
        }

        if (!IpAddress.TryParse(host, out var address))
        {
            return false;
        }

        endpoint = new(address, port);
        return true;
    }

    /// <summary>Throws <see cref="FormatException"/> where <see cref="TryParse"/> is false.</summary>
    public static Endpoint Parse(string text) => TryParse(text, out var endpoint) ? endpoint : throw new FormatException($"'{text}' is not ADDRESS:PORT.");

    public int CompareTo(Endpoint other)
    {
        var byAddress = Address.CompareTo(other.Address);
        return byAddress != 0 ? byAddress : Port.CompareTo(other.Port);
    }

    public override string ToString() => Address.IsV4 ? $"{Address}:{Port}" : $"[{Address}]:{Port}";
}
