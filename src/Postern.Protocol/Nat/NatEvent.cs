namespace Postern.Protocol.Nat;

/// <summary>What a <see cref="NatProber"/> reports and asks for.</summary>
public abstract record NatEvent
{
    private NatEvent()
    {
    }

    /// <summary>A UDP socket is wanted, with a port that this program has not used before. Answer with <see cref="NatProber.SocketOpened"/> or <see cref="NatProber.SocketFailed"/>.</summary>
    public sealed record OpenSocket(int Id, IpFamily Family) : NatEvent;

    /// <summary>The socket is wanted no longer.</summary>
    public sealed record CloseSocket(int Id) : NatEvent;

    /// <summary>One family was measured.</summary>
    public sealed record Measured(NatReport Report) : NatEvent;
}
