using Postern.Protocol.Net;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>What one side does in one method.</summary>
internal interface IPredictionPart
{
    Instant NextDeadline { get; }

    /// <summary>All that the plan has for this side was sent; what only the other side can know the end of is never done.</summary>
    bool IsDone => false;

    /// <summary>Mappings that the purse granted and that were not made, or not yet.</summary>
    int Unmade => 0;

    /// <summary>Whether a packet that opens the other side's NAT is what this side's hole was made for, so that it is worth an answer.</summary>
    bool Awaits(Endpoint source) => false;

    /// <summary>Goes on as far as it can: time has passed, sockets or answers have come.</summary>
    void Advance(Instant now);

    /// <summary>The other side has learnt something of its ports.</summary>
    void HandleNotice(SignalPayload.Ports notice, Instant now);
}
