namespace Postern.Protocol.Ice;

/// <summary>The kinds of pairs of which the best one each is checked before all others, in this order.</summary>
internal enum PairOpening : byte
{
    HostToHost,
    HostToReflexive,
    RelayToRelay,
    Other,
}
