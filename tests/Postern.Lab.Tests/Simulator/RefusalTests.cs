using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Packets;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Simulator;

/// <summary>A keeper who answers "administratively prohibited" to direct ways is respected; nobody else's word of that kind is.</summary>
public class RefusalTests
{
    private static readonly BoxDescription Kept = Refusing(RefusalAnswer.Prohibited);

    [Fact]
    public void A_peer_whose_keeper_refuses_direct_ways_opens_no_more_and_says_so()
    {
        var (told, prohibited) = Run(Kept, RefusalAnswer.Prohibited);
        var (_, silent) = Run(Refusing(RefusalAnswer.Silence), RefusalAnswer.Silence);
        prohibited.ShouldBe(1); // the first refusal is the last
        silent.ShouldBeGreaterThan(5);
        var report = told.Machine.Report();
        var reason = report.Reasons.First(reason => reason.Side == "you");
        (reason.Id, reason.Sentence).ShouldBe(("direct-prohibited", "Your firewall refuses direct connections (administratively prohibited)."));
        report.Steps.Count(step => step.What.StartsWith("Your firewall refuses direct connections")).ShouldBe(1);
        report.Attempts.ShouldContain(attempt => attempt.Cause == "your firewall refuses direct connections");
    }

    [Fact]
    public void The_other_sides_firewall_which_says_so_to_every_stranger_is_not_ours()
    {
        var strict = BoxCatalogue.All["random"]; // whose ports are others than those that it is told to be written to
        strict = strict with { Id = "strict", Nat = strict.Nat! with { Unsolicited = RefusalAnswer.Prohibited } };
        using var pair = Pair(BoxCatalogue.All["linux"], strict);
        var heard = 0;
        pair.One.Computer.ErrorReceived += (_, _, kind, _) => heard += kind == IcmpErrorKind.Prohibited ? 1 : 0;
        pair.Connect().ShouldBeTrue();
        pair.World.Run(TimeSpan.FromSeconds(10));
        heard.ShouldBeGreaterThan(0); // else this shows nothing
        pair.One.Peer.Calls[0].Machine.Report().Reasons.ShouldNotContain(reason => reason.Id == "direct-prohibited");
    }

    [Fact]
    public void A_forged_word_about_what_was_never_sent_changes_nothing()
    {
        using var pair = Pair(BoxCatalogue.All["linux"], BoxCatalogue.All["linux"]);
        pair.RunUntilReady().ShouldBeTrue();
        var call = pair.One.Peer.Call("bob");
        for (ushort port = 1024; port < 2024; port++)
        {
            call.Do((machine, now) => machine.HandleProhibition(call.Sockets[0], Endpoint.Parse($"203.0.113.66:{port}"), call.Sockets[0].Address, isOwn: true, now));
        }

        pair.World.RunUntil(() => call.IsDirect, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        call.Machine.Report().Steps.ShouldNotContain(step => step.What.Contains("refuses direct"));
    }

    [Fact]
    public void A_direct_path_that_works_is_not_given_up_for_it()
    {
        using var pair = Pair(BoxCatalogue.All["linux"], BoxCatalogue.All["linux"]);
        pair.Connect().ShouldBeTrue();
        var call = pair.One.Peer.Calls[0];
        pair.World.RunUntil(() => call.IsDirect, TimeSpan.FromSeconds(10)).ShouldBeTrue();
        var used = call.Machine.Report().Attempts.Single(attempt => attempt.Outcome == "used");
        call.Do((machine, now) => machine.HandleProhibition(call.Sockets[0], Endpoint.Parse(used.Remote.Split(' ')[^1]), call.Sockets[0].Address, isOwn: true, now));
        pair.World.Run(TimeSpan.FromSeconds(10));
        call.IsDirect.ShouldBeTrue();
    }

    /// <summary>A call out of a kept network: it is relayed. Answers how many datagrams its firewall has refused.</summary>
    private static (PeerCall Call, int Refused) Run(BoxDescription kept, RefusalAnswer answer)
    {
        using var pair = Pair(kept, BoxCatalogue.All["linux"]);
        pair.RunUntilReady().ShouldBeTrue();
        var refused = 0;
        pair.World.Tap = sighting => refused += sighting is { Reason: DropReason.Refused, Header.Transport: Transport.Udp } ? 1 : 0;
        pair.Connect().ShouldBeTrue();
        pair.World.Run(TimeSpan.FromSeconds(30));
        var call = pair.One.Peer.Calls[0];
        call.Path.ShouldBe(PathKind.Relayed);
        call.Machine.Report().Reasons.Any(reason => reason.Id == "direct-prohibited").ShouldBe(answer == RefusalAnswer.Prohibited);
        return (call, refused);
    }

    private static BoxDescription Refusing(RefusalAnswer answer)
    {
        var named = BoxCatalogue.All["named-hosts-only"];
        return named with { Id = "kept", Firewall = named.Firewall! with { Refusal = answer } };
    }

    private static PairWorld Pair(BoxDescription one, BoxDescription other) => new(new() { One = one, Other = other }, new SeededRandom(1));
}
