using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Boxes.Guards;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Tests.Kit;
using Postern.Tests.Prediction;

namespace Postern.Tests.Predicate;

/// <summary>Boxes of which rules alone do not tell: they forget within seconds, or ban after a handful of ports or in the middle of a fan.</summary>
internal static class EdgeBoxes
{
    private static readonly int[] Steps = [1, 2, -1];
    private static readonly int[] BlockSizes = [128, 256, 512, 1024];
    private static readonly double[] Windows = [0.005, 0.3, 2, 3, 5, 60, 300];

    /// <summary>Only such as a description may name.</summary>
    public static BoxDescription Draw(SeededRandom random)
    {
        while (true)
        {
            var box = Box(random);
            if (NatPairs.CanBe(box))
            {
                return box;
            }
        }
    }

    private static BoxDescription Box(SeededRandom random)
    {
        var nat = Nat(random);
        nat = random.Happens(0.3) ? nat with { Addresses = random.Next(2, 5), Overloads = nat.Ports.Rule is PortRuleKind.Kept or PortRuleKind.Offset } : nat;
        var forgets = random.Happens(0.5);
        return forgets ? NatPairs.Box(nat with { Expiry = Expiry(random) }) : NatPairs.Box(nat) with { Firewall = new() { Guards = [Guard(random)] } };
    }

    private static NatRules Nat(SeededRandom random)
    {
        var rule = NatPairs.Rules[random.Next(0, NatPairs.Rules.Length)];
        var nat = NatPairs.Nat(NatPairs.Behaviours[random.Next(0, 3)], NatPairs.Behaviours[random.Next(0, 3)], rule, addresses: 1, rule == PortRuleKind.Step ? random.Next(0, 50) : 0);
        return nat with
        {
            Ports = nat.Ports with { Offset = random.Next(1, 30_000), Step = rule == PortRuleKind.Step ? Steps[random.Next(0, 3)] : 1, BlockSize = BlockSizes[random.Next(0, 4)] },
            Expiry = new() { PerRemote = random.Happens(0.5), Refreshing = (Refreshing)random.Next(0, 2), UdpNew = 30, UdpStream = random.Next(30, 180) },
        };
    }

    private static MappingExpiry Expiry(SeededRandom random)
    {
        var unanswered = 2 + (8 * random.NextDouble());
        return new()
        {
            PerRemote = random.Happens(0.5),
            Refreshing = (Refreshing)random.Next(0, 3),
            UdpNew = unanswered,
            UdpStream = random.Happens(0.5) ? 2 + (8 * random.NextDouble()) : unanswered * random.Next(1, 30),
            UdpStreamAfter = random.Next(0, 4),
            AtMost = random.Happens(0.2) ? random.Next(10, 90) : 0,
        };
    }

    private static GuardRules Guard(SeededRandom random)
    {
        var model = (GuardModel)random.Next(0, 5);
        return new()
        {
            Name = "drawn",
            Model = model,
            Threshold = random.Happens(0.4) ? random.Next(1, 10) : random.Next(10, 60),
            Window = Windows[random.Next(0, Windows.Length)],
            LowPortWeight = random.Happens(0.5) ? 1 : 3,
            OnlyRefused = random.Happens(0.5),
            PerTarget = random.Happens(0.5),
            Side = (GuardSide)random.Next(0, 3),
            Action = (GuardAction)random.Next(1, 4),
            Ban = random.Happens(0.7) ? random.Next(1, 90) : 14_400,
            Refusals = model == GuardModel.Refusals ? random.Next(1, 10) : 0,
            Attempts = model == GuardModel.Refusals && random.Happens(0.5) ? random.Next(20, 400) : 0,
        };
    }
}
