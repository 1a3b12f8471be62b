using System.Text.Json.Serialization;

namespace Postern.Cli.Profiles;

/// <summary>Who this user is on which switchboard.</summary>
/// <param name="Name">The claimed name.</param>
/// <param name="Server">The switchboard, as HOST:PORT.</param>
internal sealed record Profile(string Name, string Server)
{
    /// <summary>Where <c>postern up</c> listens when nothing else is said.</summary>
    public const string DefaultServer = "127.0.0.1:4780";

    public const int DefaultPort = 4780;

    [JsonIgnore]
    public Uri Switchboard => new($"ws://{Server}/switchboard");
}
