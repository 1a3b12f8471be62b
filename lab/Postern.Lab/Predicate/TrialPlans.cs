using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Probing;

namespace Postern.Lab.Predicate;

/// <summary>Draws worlds: shipped boxes and invented ones, delays, loss, restarts.</summary>
public static class TrialPlans
{
    private const string Drawn = "drawn";

    private static readonly NatDependence[] Behaviours =
        [NatDependence.EndpointIndependent, NatDependence.AddressDependent, NatDependence.AddressAndPortDependent];

    private static readonly PortRuleKind[] Ports = [PortRuleKind.Kept, PortRuleKind.Offset, PortRuleKind.Step, PortRuleKind.Block, PortRuleKind.Random];

    private static readonly int[] Steps = [1, 1, 2, 3, -1, -2];

    private static readonly int[] BlockSizes = [128, 256, 512, 1000, 1024, 2000, 2048, 4096];

    private static readonly ProbeMode[] Modes = [ProbeMode.Quiet, ProbeMode.Bold, ProbeMode.Fast];

    public static TrialPlan Draw(IRandom random)
    {
        var shares = random.Happens(0.15);
        var one = Box(random, shares);
        var other = shares ? one : Box(random, false);
        var plan = new TrialPlan()
        {
            Pair = new()
            {
                One = one,
                Other = other,
                ShareOutermost = shares,
                ServerPort = LabServer.HttpsPort,
                HasIpv6 = random.Happens(0.2),
                ServerHasTwoAddresses = random.Happens(0.5),
                Measures = random.Happens(0.7),
                Probe = random.Happens(0.6) ? ProbeMode.Polite : Modes[random.Next(0, Modes.Length)],
                ToMiddle = TimeSpan.FromMilliseconds(random.Next(1, 100)),
                ServerToMiddle = TimeSpan.FromMilliseconds(random.Next(1, 100)),
                Link = new()
                {
                    Hops = random.Next(1, 6),
                    Loss = random.Happens(0.5) ? random.NextDouble() * 0.03 : 0,
                    Jitter = TimeSpan.FromMilliseconds(random.Happens(0.5) ? random.NextDouble() * 5 : 0),
                    Duplication = random.Happens(0.3) ? 0.02 : 0,
                    Reordering = random.Happens(0.3) ? 0.02 : 0,
                },
            },
            ServerFails = random.Happens(0.2) ? TimeSpan.FromSeconds(random.NextDouble() * 20) : null,
            RouterRestarts = random.Happens(0.2) ? TimeSpan.FromSeconds(random.NextDouble() * 20) : null,
        };
        var ordered = random.Happens(0.5) ? plan : plan with { Pair = InSomeOrder(plan.Pair, random) };
        return ordered with { Pair = Unusually(ordered.Pair, random) };
    }

    /// <summary>Who starts first, and whether there is a server then.</summary>
    private static PairOptions InSomeOrder(PairOptions pair, IRandom random) => pair with
    {
        OneStartsAfter = TimeSpan.FromSeconds(random.NextDouble() * 5),
        OtherStartsAfter = TimeSpan.FromSeconds(random.NextDouble() * 5),
        ServerStartsAfter = TimeSpan.FromSeconds(random.NextDouble() * 5),
    };

    private static PairOptions Unusually(PairOptions pair, IRandom random)
    {
        var one = Unusual(pair.One, random);
        return pair with { One = one, Other = pair.ShareOutermost ? one : Unusual(pair.Other, random) };
    }

    private static BoxDescription Unusual(BoxDescription box, IRandom random) =>
        box.Id == Drawn && random.Happens(0.5) ? box with { Nat = UnusualNats.Draw(box.Nat!, random) } : box;

    private static BoxDescription Box(IRandom random, bool shared)
    {
        var shipped = BoxCatalogue.All.Values.Where(box => !shared || box.Firewall is null).ToArray();
        return random.Happens(0.5) ? shipped[random.Next(0, shipped.Length)] : new()
        {
            Id = Drawn,
            Title = "drawn by lot",
            Summary = "",
            Sources = new Dictionary<string, string> { ["*"] = "lot" },
            Nat = Nat(random),
        };
    }

    private static NatRules Nat(IRandom random)
    {
        var rule = Ports[random.Next(0, Ports.Length)];
        return new()
        {
            Mapping = Behaviours[random.Next(0, Behaviours.Length)],
            Filtering = Behaviours[random.Next(0, Behaviours.Length)],
            Hairpin = random.Happens(0.3) ? NatHairpin.Yes : NatHairpin.No,
            Unsolicited = random.Happens(0.3) ? RefusalAnswer.Reject : RefusalAnswer.Silence,
            EarlyInbound = random.Happens(0.1) ? EarlyInbound.TakesPort : EarlyInbound.Ignored,
            CrossTraffic = rule == PortRuleKind.Step ? random.Next(0, 50) : 0,
            KeepsParity = rule == PortRuleKind.Random && random.Happens(0.3),
            Ports = new()
            {
                Rule = rule,
                Offset = random.Next(1, 30000),
                Step = Steps[random.Next(0, Steps.Length)],
                BlockSize = BlockSizes[random.Next(0, BlockSizes.Length)],
            },
            Expiry = new()
            {
                PerRemote = random.Happens(0.5),
                Refreshing = random.Happens(0.5) ? Refreshing.Both : Refreshing.Outbound,
                UdpNew = 30,
                UdpStream = random.Next(30, 180),
            },
        };
    }
}
