namespace Postern.Protocol.Turn;

/// <summary>What a relay has counted since it began.</summary>
public sealed record RelayStats
{
    private RelayTraffic _toPeers;
    private RelayTraffic _toClients;

    /// <summary>Allocations at present.</summary>
    public int Allocations { get; internal set; }

    public long Allocated { get; internal set; }

    public long Requests { get; internal set; }

    /// <summary>Answers to strangers that were left out because their network's budget was spent.</summary>
    public long Withheld { get; internal set; }

    /// <summary>401 and 438.</summary>
    public long Challenges { get; internal set; }

    public long Refused { get; internal set; }

    /// <summary>From clients towards peers; what stays within the relay counts here and in <see cref="ToClients"/>.</summary>
    public RelayTraffic ToPeers => _toPeers;

    public RelayTraffic ToClients => _toClients;

    /// <summary>Payloads from one client of this relay to another that never saw a relayed socket.</summary>
    public long Hairpinned { get; internal set; }

    /// <summary>Data without permission, channel, allocation or room, there or in a stream.</summary>
    public long Dropped { get; internal set; }

    internal void CountToPeer(ReadOnlySpan<byte> payload) => _toPeers.Count(payload);

    internal void CountToClient(ReadOnlySpan<byte> payload) => _toClients.Count(payload);
}
