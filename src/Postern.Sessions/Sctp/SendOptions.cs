namespace Postern.Sessions.Sctp;

/// <summary>How one message is sent. The default is ordered and reliable.</summary>
/// <param name="Unordered">It may overtake others of its stream (RFC 9260 §6.6).</param>
/// <param name="Lifetime">After this it is not sent any more (RFC 3758 §4.1); null is for ever.</param>
/// <param name="MaximumRetransmissions">How often a fragment is sent again before the message is given up (RFC 7496 §3.1); null is for ever.</param>
public readonly record struct SendOptions(bool Unordered = false, TimeSpan? Lifetime = null, int? MaximumRetransmissions = null);
