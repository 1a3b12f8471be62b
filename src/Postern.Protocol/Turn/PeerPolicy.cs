using System.Collections.Frozen;
using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>
/// Whom a relay may speak to. Everything that is not the open internet is refused, in every written form; so are the
/// server's own addresses. Precedence: Deny, Allow, own addresses, reserved addresses, the rest is allowed.
/// </summary>
public sealed class PeerPolicy
{
    private readonly AddressRanges _deny;
    private readonly AddressRanges _allow;
    private readonly FrozenSet<IpAddress> _own;
    private readonly FrozenSet<ushort> _deniedPorts;

    /// <param name="allow">Prefixes allowed although reserved: for a laboratory, or for a relay within a private network.</param>
    /// <param name="deny">Prefixes refused in any case.</param>
    /// <param name="own">Every address of this machine.</param>
    /// <param name="deniedPorts">Ports refused to everybody; null for <see cref="DefaultDeniedPorts"/>.</param>
    public PeerPolicy(IEnumerable<IpPrefix>? allow = null, IEnumerable<IpPrefix>? deny = null, IEnumerable<IpAddress>? own = null, IEnumerable<ushort>? deniedPorts = null)
        : this(new(deny ?? []), new(allow ?? []), (own ?? []).ToFrozenSet(), (deniedPorts ?? DefaultDeniedPorts).ToFrozenSet())
    {
    }

    private PeerPolicy(AddressRanges deny, AddressRanges allow, FrozenSet<IpAddress> own, FrozenSet<ushort> deniedPorts)
    {
        _deny = deny;
        _allow = allow;
        _own = own;
        _deniedPorts = deniedPorts;
    }

    /// <summary>Services that answer a forged source with more than they got, or that a stranger's datagram can hurt.</summary>
    public static IReadOnlyList<ushort> DefaultDeniedPorts { get; } =
        [0, 7, 13, 17, 19, 25, 53, 69, 111, 123, 137, 138, 161, 389, 427, 520, 1900, 3702, 5353, 11211];

    /// <summary>Nothing allowed beyond the open internet. (Stands after the ports that it is made with.)</summary>
    public static PeerPolicy Default { get; } = new();

    /// <summary>The same with other own addresses: they change while a server runs.</summary>
    public PeerPolicy WithOwn(IEnumerable<IpAddress> own) => new(_deny, _allow, own.ToFrozenSet(), _deniedPorts);

    /// <summary>Whether datagrams may go to this address: itself and every IPv4 address that it stands for.</summary>
    public bool Allows(IpAddress peer)
    {
        Span<IpAddress> embedded = stackalloc IpAddress[EmbeddedV4.Maximum];
        foreach (var address in embedded[..EmbeddedV4.Extract(peer, embedded)])
        {
            if (!AllowsForm(address))
            {
                return false;
            }
        }

        return AllowsForm(peer);
    }

    public bool AllowsPort(ushort port) => !_deniedPorts.Contains(port);

    /// <summary>Whether this is an address of the server itself.</summary>
    public bool IsOwn(IpAddress address) => _own.Contains(address);

    private bool AllowsForm(IpAddress address) =>
        !_deny.Contains(address) && (_allow.Contains(address) || !(_own.Contains(address) || ReservedAddresses.All.Contains(address)));
}
