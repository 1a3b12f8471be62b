using System.Runtime.CompilerServices;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>Between which zones flows are, and by which protocol. Zones of one log are the same where they are one object.</summary>
internal sealed record FlowPlace(Zone From, Zone To, IpProtocol Protocol)
{
    public bool Equals(FlowPlace? other) =>
        other is not null && ReferenceEquals(From, other.From) && ReferenceEquals(To, other.To) && Protocol == other.Protocol;

    public override int GetHashCode() => (((RuntimeHelpers.GetHashCode(From) * 31) + RuntimeHelpers.GetHashCode(To)) * 31) + (int)Protocol;
}
