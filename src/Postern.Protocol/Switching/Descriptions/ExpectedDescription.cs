using Postern.Protocol.Switching.Frames;

namespace Postern.Protocol.Switching.Descriptions;

/// <summary>What a received description must say to be meant for this conversation.</summary>
/// <param name="Kind">Offer, answer or restart.</param>
/// <param name="Session">The session id of the signal that carried it.</param>
/// <param name="From">The name that the switchboard names as the sender.</param>
/// <param name="To">Our own name.</param>
/// <param name="Key">The sender's public key: the pinned one where there is one.</param>
/// <param name="AnswerTo">For an answer: <see cref="SignedDescription.Hash"/> of our offer.</param>
public sealed record ExpectedDescription(SignalKind Kind, string Session, string From, string To, string Key, string? AnswerTo = null);
