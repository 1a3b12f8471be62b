namespace Postern.Sessions.Sctp;

/// <summary>TSNs from start to end, both included.</summary>
internal readonly record struct TsnRange(long Start, long End);
