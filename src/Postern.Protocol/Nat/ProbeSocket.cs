using Postern.Protocol.Net;

namespace Postern.Protocol.Nat;

/// <summary>A socket that the probe asked for.</summary>
internal sealed class ProbeSocket(int id)
{
    public int Id { get; } = id;

    /// <summary>Whether the caller has answered.</summary>
    public bool IsSettled { get; private set; }

    /// <summary><see cref="Endpoint.None"/> until it is open, and where it could not be opened.</summary>
    public Endpoint Local { get; private set; }

    public bool IsOpen => Local != Endpoint.None;

    public void Settle(Endpoint local)
    {
        IsSettled = true;
        Local = local;
    }
}
