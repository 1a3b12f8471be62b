using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>One way for datagrams between the peers.</summary>
/// <param name="Local">What <see cref="Transmit.Source"/> is to be: a host socket, or a relayed address that the caller wraps for.</param>
/// <param name="Remote">Where to send.</param>
/// <param name="LocalType">What this side looks like from the other: reflexive where a NAT stands before <paramref name="Local"/>.</param>
/// <param name="RemoteType">What the other side looks like from here.</param>
/// <param name="RoundTrip">Smoothed; zero where never measured.</param>
/// <param name="IsPredicted">An outer port on one of its ends was predicted.</param>
public readonly record struct IcePath(
    Endpoint Local, Endpoint Remote, CandidateType LocalType, CandidateType RemoteType, TimeSpan RoundTrip, bool IsPredicted = false)
{
    /// <summary>Relayed if either side is, predicted where a port had to be, punched if both are reflexive, else host: one side's own address is reached straight.</summary>
    public PathKind Kind =>
        LocalType == CandidateType.Relayed || RemoteType == CandidateType.Relayed ? PathKind.Relayed
        : IsPredicted ? PathKind.Predicted
        : LocalType != CandidateType.Host && RemoteType != CandidateType.Host ? PathKind.Punched
        : PathKind.Host;

    public override string ToString() => $"{Kind} {Local} ({LocalType}) -> {Remote} ({RemoteType})";
}
