namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>The words before a line in the kernel's log.</summary>
internal static class LogText
{
    /// <summary>NF_LOG_PREFIXLEN is 128 with the closing zero; nft 1.0.6 crashes over a longer one.</summary>
    public const int Nftables = 127;

    /// <summary>iptables' LOG target: <c>char prefix[30]</c> in xt_LOG.h; more is cut without a word.</summary>
    public const int Iptables = 29;

    /// <summary>Only signs that need no quoting; the end, which tools look for (": ", a space), is kept when the text is cut.</summary>
    public static string Of(string prefix, int maxLength)
    {
        var plain = string.Concat(prefix.Select(sign => sign is '"' or '\\' || char.IsControl(sign) || sign > '~' ? '_' : sign));
        return plain.Length <= maxLength ? plain : $"{plain[..(maxLength - 2)]}: ";
    }
}
