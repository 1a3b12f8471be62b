namespace Postern.Net.Tests.Counterparts;

/// <summary>The selected pair as the foreign peer sees it, each end as "type address port".</summary>
internal sealed record ForeignPair(string Local, string Remote)
{
    /// <summary>The type of the peer's own candidate: host, srflx, prflx or relay.</summary>
    public string LocalType => Local.Split(' ')[0];

    /// <summary>The type of the other end's candidate.</summary>
    public string RemoteType => Remote.Split(' ')[0];
}
