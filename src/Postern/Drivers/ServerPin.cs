using System.Net;

namespace Postern.Drivers;

/// <summary>
/// The switchboard's key as it was at the first login, kept in the contact book beside the peers': '@' begins no peer's name.
/// On loopback nobody else can answer, so nothing is pinned there.
/// </summary>
internal sealed class ServerPin(PosternClientOptions options)
{
    private readonly bool _isPinned = !IsLoopback(options.Server.DnsSafeHost);

    /// <summary>Under which it stands in the contact book.</summary>
    public string Name => NameOf(options.Server);

    /// <summary>Null before the first login.</summary>
    public string? Key => _isPinned ? options.Contacts.FindKey(Name) : null;

    public static string NameOf(Uri server) => $"@{server.Authority}";

    public void Remember(string key)
    {
        if (_isPinned)
        {
            options.Contacts.Pin(Name, key);
        }
    }

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
