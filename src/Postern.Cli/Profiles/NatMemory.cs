using Postern.Protocol.Nat;

namespace Postern.Cli.Profiles;

/// <summary>What was measured of a network's NAT, so that it is not measured for every call.</summary>
/// <param name="Server">Against which server.</param>
/// <param name="Local">From which address: another network has another one, nearly always.</param>
/// <param name="MeasuredAt">When.</param>
/// <param name="Reports">One a family.</param>
internal sealed record NatMemory(string Server, string Local, DateTimeOffset MeasuredAt, IReadOnlyList<NatReport> Reports)
{
    /// <summary>A router may be configured anew, and two networks may give the same address.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);
}
