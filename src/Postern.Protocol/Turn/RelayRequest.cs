using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Stun.Credentials;

namespace Postern.Protocol.Turn;

/// <summary>An authenticated request to a relay.</summary>
internal readonly ref struct RelayRequest(StunMessage message, FiveTuple tuple, Authentication credentials, RelayAllocation? allocation, Instant now)
{
    public StunMessage Message { get; } = message;

    public FiveTuple Tuple { get; } = tuple;

    public Authentication Credentials { get; } = credentials;

    public StunUser User => Credentials.User!;

    public RelayOwner Owner => new(User.Username, User.Name, User.Session, Tuple.Client.Address);

    /// <summary>The allocation on this 5-tuple, which is this user's.</summary>
    public RelayAllocation? Allocation { get; } = allocation;

    public Instant Now { get; } = now;
}
