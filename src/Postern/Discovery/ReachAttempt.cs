using Postern.Protocol.Net;

namespace Postern.Discovery;

/// <summary>One attempt to reach a port.</summary>
/// <param name="IsTcp">Else UDP.</param>
/// <param name="Target">Where to.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Took">Until that was known.</param>
/// <param name="Mapped">Over UDP: how the server saw us; <see cref="Endpoint.None"/> where it did not say.</param>
internal sealed record ReachAttempt(bool IsTcp, Endpoint Target, ReachOutcome Outcome, TimeSpan Took, Endpoint Mapped)
{
    /// <summary>Somebody at the other end, or before it, said something.</summary>
    public bool Passed => Outcome is ReachOutcome.Answered or ReachOutcome.Refused;
}
