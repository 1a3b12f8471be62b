using Postern.Protocol.Net;
using Postern.Protocol.Switching.Frames;

namespace Postern.Protocol.Switching.Server;

/// <summary>What happened at a switchboard, for its host to store and log.</summary>
public abstract record SwitchboardEvent
{
    private SwitchboardEvent()
    {
    }

    /// <summary>To be stored before any frame is sent on: the name belongs to this key from now on.</summary>
    public sealed record NameClaimed(string Name, string Key) : SwitchboardEvent;

    public sealed record LoggedIn(string Name, ConnectionId Connection, Endpoint Remote) : SwitchboardEvent;

    public sealed record LoggedOut(string Name, ConnectionId Connection) : SwitchboardEvent;

    /// <summary>A connection was ended because of what it did.</summary>
    public sealed record Expelled(ConnectionId Connection, Endpoint Remote, RefusalCode Code, string Sentence) : SwitchboardEvent;
}
