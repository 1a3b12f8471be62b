using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Turn;
using Postern.Tests.Kit;

namespace Postern.Tests.Turn;

/// <summary>Well-signed nonsense: what fuzzing cannot reach because the integrity attribute breaks first.</summary>
public class RelayRandomTests
{
    private static readonly StunMethod[] Methods = [StunMethod.Allocate, StunMethod.Allocate, StunMethod.Refresh, StunMethod.CreatePermission, StunMethod.ChannelBind, StunMethod.ChannelBind];

    private static readonly StunAttributeType[] Types =
    [
        StunAttributeType.RequestedTransport, StunAttributeType.RequestedTransport, StunAttributeType.Lifetime, StunAttributeType.XorPeerAddress, StunAttributeType.XorPeerAddress,
        StunAttributeType.ChannelNumber, StunAttributeType.ChannelNumber, StunAttributeType.RequestedAddressFamily, StunAttributeType.AdditionalAddressFamily, StunAttributeType.EvenPort,
        StunAttributeType.ReservationToken, StunAttributeType.DontFragment, StunAttributeType.Data,
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Signed_requests_of_random_content_leave_the_relay_whole(ulong seed)
    {
        var random = new SeededRandom(seed);
        var town = new RelayTown(options => options with { FirstPort = 50000, LastPort = 50015, Quotas = new() { Total = 12, Channels = 5, Permissions = 6 } }, seed)
        {
            IsHeld = _ => random.Next(0, 8) == 0,
        };
        var callers = Enumerable.Range(1, 6).Select(i => new RelayCaller(town, $"30.0.0.{i}:4000", i % 2 == 0 ? "alice" : "bob", i % 2 == 0 ? "secret of alice" : "secret of bob")).ToArray();
        var served = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var caller = callers[random.Next(0, callers.Length)];
            var answer = caller.Ask(Methods[random.Next(0, Methods.Length)], (ref StunWriter writer) => Fill(ref writer, random));
            answer.Code.ShouldBeOneOf(0, 400, 403, 420, 437, 440, 442, 443, 486, 508, 438, 401);
            served += answer.Code == 0 ? 1 : 0;
            if (answer.Code == 438)
            {
                caller.Learn(answer);
            }

            caller.SendOn((ushort)random.Next(0x4000, 0x4006), 200);
            caller.Send(new(Draw(random), 5000), 200);
            town.Wait(random.Next(0, 40));
            town.Sockets.Count.ShouldBeLessThanOrEqualTo(12);
            town.Relay.Count.ShouldBeLessThanOrEqualTo(6);
            town.Events.Clear();
        }

        served.ShouldBeGreaterThan(500);
        town.Wait(4000);
        town.Sockets.ShouldBeEmpty();
        town.Relay.Count.ShouldBe(0);
        town.Relay.NextDeadline.ShouldBe(Instant.Never);
    }

    private static void Fill(ref StunWriter writer, SeededRandom random)
    {
        for (var rounds = random.Next(1, 5); rounds > 0; rounds--)
        {
            var type = Types[random.Next(0, Types.Length)];
            switch (type)
            {
                case StunAttributeType.RequestedTransport:
                    writer.AddUInt32(type, random.Next(0, 10) == 0 ? random.NextUInt32() : 17u << 24);
                    break;
                case StunAttributeType.XorPeerAddress:
                    writer.AddXorAddress(type, new(Draw(random), (ushort)random.Next(4990, 5010)));
                    break;
                case StunAttributeType.ChannelNumber:
                    writer.AddUInt32(type, (uint)random.Next(0x3FFF, 0x4008) << 16);
                    break;
                case StunAttributeType.Lifetime:
                    writer.AddUInt32(type, random.Next(0, 3) == 0 ? 0 : random.NextUInt32() >> random.Next(0, 32));
                    break;
                case StunAttributeType.RequestedAddressFamily or StunAttributeType.AdditionalAddressFamily:
                    writer.AddUInt32(type, (uint)random.Next(0, 4) << 24);
                    break;
                default:
                    var value = new byte[random.Next(0, 9)];
                    random.Fill(value);
                    writer.Add(type, value);
                    break;
            }
        }
    }

    private static IpAddress Draw(SeededRandom random) => random.Next(0, 6) switch
    {
        0 => IpAddress.Parse("20.0.0.1"),
        1 => IpAddress.Parse("10.0.0.1"),
        2 => IpAddress.Parse("2600:40::1"),
        _ => IpAddress.Parse($"40.0.0.{random.Next(1, 10)}"),
    };
}
