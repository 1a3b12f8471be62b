using Postern.Protocol.Net;

namespace Postern.Protocol.Nat;

/// <summary>RFC 5780 §3.4. Both neighbours ask each other, so that each has opened its filter for the other.</summary>
internal static class HairpinConclusion
{
    public static NatHairpin Of(ProbeFindings findings, NatDependence mapping, NatDependence filtering)
    {
        if (findings.IsReached && !findings.IsTranslated)
        {
            return NatHairpin.NotNeeded;
        }

        var arrived = findings.Hairpins.FirstOrDefault(e => e.IsAnswered);
        if (arrived is not null)
        {
            return arrived.From == arrived.Source ? NatHairpin.YesFromInside : NatHairpin.Yes;
        }

        var wasTried = findings.Hairpins.Count > 0 && findings.Hairpins.TrueForAll(e => !e.IsOpen);
        return wasTried && (mapping == NatDependence.EndpointIndependent || filtering == NatDependence.EndpointIndependent) ? NatHairpin.No : NatHairpin.Unknown;
    }

    public static IEnumerable<NatDoubt> Doubts(ProbeFindings findings, NatHairpin hairpin)
    {
        if (hairpin != NatHairpin.Unknown)
        {
            return [];
        }

        return [!findings.IsReached ? NatDoubt.NoAnswer
            : findings.Neighbour is null ? NatDoubt.NoSocket
            : findings.Hairpins.Count == 0 ? (findings.Neighbour.IsAnswered ? NatDoubt.NotAsked : NatDoubt.NoAnswer)
            : NatDoubt.MappingMoves];
    }
}
