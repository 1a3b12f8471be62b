using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Boxes;

/// <summary>Decides until when a mapping lives.</summary>
internal sealed class MappingClock(MappingExpiry rules, MappingTable table)
{
    /// <summary>A packet has passed between the mapping's inner endpoint and the remote one.</summary>
    public void Touch(Mapping mapping, Remote remote, bool isOutbound, Instant now)
    {
        mapping.LastUsed = now;
        var refreshes = (rules.Refreshing == Refreshing.Both || (rules.Refreshing == Refreshing.Outbound) == isOutbound) && (rules.TcpSynAgainRefreshes || !remote.IsAskingAgain);
        var isFirst = remote.Expires == default;
        if (!refreshes && !isFirst && !remote.IsClosing)
        {
            return;
        }

        var until = now + Patience(mapping.Transport, remote, now);
        if (rules.AtMost > 0)
        {
            until = Instant.Min(until, mapping.Made + TimeSpan.FromSeconds(rules.AtMost));
        }

        var isLast = remote.Expires == mapping.Expires;
        remote.Expires = rules.PerRemote ? until : Instant.Never;
        table.Expire(mapping, rules.PerRemote && until < mapping.Expires ? isLast ? Latest(mapping) : mapping.Expires : until);
    }

    private static Instant Latest(Mapping mapping)
    {
        var latest = default(Instant);
        foreach (var remote in mapping.Remotes.Values)
        {
            latest = Instant.Max(latest, remote.Expires);
        }

        return latest;
    }

    private TimeSpan Patience(Transport transport, Remote remote, Instant now) => TimeSpan.FromSeconds(transport switch
    {
        Transport.Udp => remote.SentTo && remote.HeardFrom && now - remote.Since >= TimeSpan.FromSeconds(rules.UdpStreamAfter) ? rules.UdpStream : rules.UdpNew,
        Transport.Tcp when remote.IsRefused && rules.TcpRefusalEnds => 0,
        Transport.Tcp => remote.SentTo && remote.HeardFrom && !remote.IsClosing && !remote.IsOpening ? rules.TcpEstablished : rules.TcpTransitory,
        _ => rules.Echo,
    });
}
