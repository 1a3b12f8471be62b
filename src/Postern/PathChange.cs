using Postern.Protocol.Ice;

namespace Postern;

/// <summary>A session moved to another path.</summary>
/// <param name="From">The kind of path before; null where there was none.</param>
/// <param name="To">The kind of path now; null where there is none for the moment.</param>
/// <param name="RoundTrip">The new path's round trip, where measured.</param>
/// <param name="Reason">Why, in one clause.</param>
public sealed record PathChange(PathKind? From, PathKind? To, TimeSpan? RoundTrip, string Reason);
