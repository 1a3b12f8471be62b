using Postern.Protocol.Net;

namespace Postern.Protocol.Nat;

/// <summary>
/// Asked before an answer leaves that is larger than its unauthenticated request: may <paramref name="excessBytes"/> more
/// than came in be sent towards <paramref name="target"/>? A server keeps one budget per prefix behind it, so that nobody
/// turns it into an amplifier by forging source addresses.
/// </summary>
public delegate bool ReplyAllowance(IpAddress target, int excessBytes, Instant now);
