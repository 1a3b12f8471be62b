using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>Whose an allocation is, in every respect that quotas count by.</summary>
internal readonly record struct RelayOwner(string Username, string Name, string Session, IpAddress Client)
{
    /// <summary>IPv4 addresses one by one; of IPv6 a /64, which is a single customer's at least.</summary>
    public IpAddress ClientNetwork => Client.IsV4 ? Client : new(Client.Bits >> 64 << 64);
}
