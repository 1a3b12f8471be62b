using Postern.Protocol.Ice;
using Postern.Protocol.Net;

namespace Postern.Sessions.Calls;

/// <summary>
/// Whether the keeper of our own side's firewall has said no to direct ways. Others say "administratively prohibited" as well, and
/// are not meant: the other side's firewall, which does so to every stranger, and routers on the way to a private address of theirs.
/// </summary>
internal sealed class DirectRefusal(IceAgent agent)
{
    /// <summary>Half an IPv6 address is its link's (RFC 4291 §2.5.4); of IPv4 the mask is not known here, and most links have 24 bits.</summary>
    private const int LinkBitsV6 = 64;

    private const int HostBitsV4 = 8;

    /// <summary>Addresses that no public router answers from, by IANA's registries of special-purpose addresses.</summary>
    private static readonly IpPrefix[] Inside =
        [.. ((string[])["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10"]).Select(IpPrefix.Parse)];

    private readonly HashSet<IpAddress> _own = [];

    public bool IsInForce { get; private set; }

    /// <summary>An address of ours, or one under which the world sees us.</summary>
    public void NoteOwn(IpAddress address) => _own.Add(address);

    /// <summary>True where this is the first word of it that counts.</summary>
    /// <param name="local">Whence the refused datagram was sent.</param>
    /// <param name="remote">Where it was to go.</param>
    /// <param name="reporter">Who says so.</param>
    /// <param name="isOwn">This very computer refused to send it: an address alone does not show that, over IPv6 it can be forged.</param>
    /// <param name="now">The time.</param>
    public bool Hear(Endpoint local, Endpoint remote, IpAddress reporter, bool isOwn, Instant now)
    {
        if (IsInForce || !IsOurSide(reporter, local.Address, remote.Address) || !agent.HandleProhibition(local, remote, isOwn, now))
        {
            return false;
        }

        return IsInForce = true;
    }

    private bool IsOurSide(IpAddress reporter, IpAddress local, IpAddress remote) =>
        reporter != remote && (reporter == local || _own.Contains(reporter) || IsOnLink(reporter, local) || (IsInside(reporter) && !IsInside(remote)));

    private static bool IsOnLink(IpAddress reporter, IpAddress local) => reporter.IsV4 == local.IsV4
        && (local.IsV4 ? reporter.V4 >> HostBitsV4 == local.V4 >> HostBitsV4 : reporter.Bits >> LinkBitsV6 == local.Bits >> LinkBitsV6);

    private static bool IsInside(IpAddress address) => Array.Exists(Inside, prefix => prefix.Contains(address));
}
