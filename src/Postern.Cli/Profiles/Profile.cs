using System.Text.Json.Serialization;
using Postern.Protocol.Probing;

namespace Postern.Cli.Profiles;

/// <summary>Who this user is on which switchboard.</summary>
/// <param name="Name">The claimed name.</param>
/// <param name="Server">The switchboard, as HOST:PORT.</param>
internal sealed record Profile(string Name, string Server)
{
    /// <summary>Where <c>postern up</c> listens when nothing else is said.</summary>
    public const string DefaultServer = "127.0.0.1:4780";

    public const int DefaultPort = 4780;

    /// <summary>How much networks may be bothered for a direct path, where a command does not say; null leaves it to the library.</summary>
    public ProbeMode? Probe { get; init; }

    [JsonIgnore]
    public Uri Switchboard => new($"ws://{Server}/switchboard");
}
