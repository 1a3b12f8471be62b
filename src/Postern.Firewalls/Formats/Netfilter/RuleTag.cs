using System.Security.Cryptography;
using System.Text;

namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>How our rules are known again: by their comment, and the chains of a fragment by their name.</summary>
internal static class RuleTag
{
    public const string Prefix = "postern:";

    /// <summary>nft's limit is 128 characters (NFTNL_UDATA_COMMENT_MAXLEN); iptables' is 255.</summary>
    private const int MaxLength = 127;

    /// <summary>The comment of a rule: <c>postern:APP:FLOW</c>.</summary>
    public static string Of(string ruleId) => Of(ruleId, MaxLength);

    /// <summary>For formats with a shorter limit.</summary>
    public static string Of(string ruleId, int maxLength) => Cut(Prefix + Plain(ruleId), maxLength);

    /// <summary>The rule's application: what stands before the first colon of its id.</summary>
    public static string Application(string ruleId) => Plain(ruleId.Split(':')[0]);

    /// <summary>
    /// The common beginning of the names of a fragment's chains. The same applications have the same name in any order, so that
    /// <c>--undo</c> finds what was loaded.
    /// </summary>
    public static string Fragment(IEnumerable<string> ruleIds, int maxLength)
    {
        var applications = string.Join('_', ruleIds.Select(Application).Distinct().Order(StringComparer.Ordinal));
        return Cut($"postern-{(applications.Length == 0 ? "none" : applications)}", maxLength);
    }

    private static string Plain(string text) => string.Concat(text.Select(sign => char.IsAsciiLetterOrDigit(sign) || ":-_.".Contains(sign) ? sign : '-'));

    // What is cut off stays told apart by its hash.
    private static string Cut(string text, int length) => text.Length <= length
        ? text
        : $"{text[..(length - 9)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8]}";
}
