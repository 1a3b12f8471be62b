using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Simulator;
using Postern.Protocol.Nat;
using Postern.Protocol.Switching.Descriptions;
using Postern.Sessions.Calls;

namespace Postern.Lab.Predicate.Rehearsals;

/// <summary>
/// Plays the beginning of a call in worlds of its own: logging in and measuring as peers do, then the least that any agent does after
/// RFC 8445. What guards count of that is theirs to say.
/// </summary>
internal static class Rehearsal
{
    private static readonly TimeSpan ToMeet = TimeSpan.FromSeconds(60);

    /// <param name="pair">What stands where.</param>
    /// <param name="number">Of the world: the same one goes the same way.</param>
    /// <param name="keys">That it borrows.</param>
    public static RehearsedOutcome Play(PairOptions pair, ulong number, PairKeys keys)
    {
        using var world = new PairWorld(pair with { Budget = null, Memories = null }, LabRandom.OfWorld(number), keys);
        world.RunUntilReady(Trial.TimeToStart);
        var (session, roundTrip) = (SessionDescription.NewId(world.World.Random), 2 * (pair.ToMiddle + pair.ServerToMiddle));
        var (one, other) = (new RehearsedPeer(world.One, world.Server, roundTrip, session), new RehearsedPeer(world.Other, world.Server, roundTrip, session));
        one.Meet(other);
        other.Meet(one);
        one.Call(RehearsedRelay.ToAllocate * roundTrip is var gathered && gathered < CallOptions.UsualGatheringPatience ? gathered : CallOptions.UsualGatheringPatience);
        world.World.RunUntil(() => one.IsDirect && other.IsDirect, ToMeet);
        var isDirect = one.IsDirect && other.IsDirect;
        return new(isDirect || (one.IsRelayed && other.IsRelayed), isDirect, Measured(world.One), Measured(world.Other));
    }

    private static NatReport? Measured(Home home) => home.Peer.Nat.FirstOrDefault(report => !report.UdpBlocked);
}
