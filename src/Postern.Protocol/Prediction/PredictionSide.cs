using Postern.Protocol.Nat;
using Postern.Protocol.Probing;

namespace Postern.Protocol.Prediction;

/// <summary>One side's part of what a plan is made from.</summary>
/// <param name="Report">What was measured of its NAT.</param>
/// <param name="Limits">What it may spend.</param>
/// <param name="IsCaller">Whether it made the offer.</param>
public sealed record PredictionSide(NatReport? Report, ProbeLimits Limits, bool IsCaller)
{
    public PortClass Class => PortClasses.Of(Report);

    /// <summary>Whether its version weighs who climbs; an earlier one has the caller climb.</summary>
    public bool ChoosesRoles { get; init; } = true;

    /// <summary>The outer addresses that its mappings have.</summary>
    public AddressPool Addresses { get; } = AddressPool.Of(Report);
}
