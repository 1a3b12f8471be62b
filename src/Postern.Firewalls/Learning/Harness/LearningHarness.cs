using System.Globalization;
using System.Net;
using Postern.Firewalls.Formats;

namespace Postern.Firewalls.Learning.Harness;

/// <summary>
/// The sources' second method: log what is unknown and let it through, once, for a time. The rules go behind all others, so that what
/// is known has passed before them and stays out of the log; they end by themselves, and a second file removes them.
/// </summary>
public static class LearningHarness
{
    /// <summary>The formats that there is a harness for.</summary>
    public static readonly IReadOnlyList<string> Formats = ["nft", "iptables", "shorewall"];

    /// <exception cref="ArgumentException">No such format.</exception>
    public static IReadOnlyList<FormatFile> Write(string format, HarnessOptions options) => format switch
    {
        "nft" => NftablesHarness.Write(options),
        "iptables" => IptablesHarness.Write(options),
        "shorewall" => ShorewallHarness.Write(options),
        _ => throw new ArgumentException($"There is no harness for '{format}'.", nameof(format)),
    };

    internal static string Stop(HarnessOptions options) => options.Until.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);

    internal static string Head(HarnessOptions options, string load, string remove) => string.Create(
        CultureInfo.InvariantCulture,
        $"# Logs what {string.Join(", ", options.Hosts)} needs beyond what is known already, and lets it through.\n# Ends by itself at {Stop(options)} UTC.\n# Load: {load}    Remove: {remove}\n# Then: postern learn LOG --prefix {HarnessOptions.Prefix.Trim()}\n");

    internal static bool IsV4(IPAddress address) => address.GetAddressBytes().Length == 4;
}
