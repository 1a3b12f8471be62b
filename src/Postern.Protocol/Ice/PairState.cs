namespace Postern.Protocol.Ice;

/// <summary>RFC 8445 §6.1.2.6, without Frozen: there is one data stream, so nothing waits for another.</summary>
public enum PairState : byte
{
    Waiting,
    InProgress,
    Succeeded,
    Failed,
}
