using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Turn;
using Postern.Tests.Kit;

namespace Postern.Tests.Turn;

/// <summary>A million mutated messages against relay, client and the data path. New seeds: see <see cref="WriteSeeds"/>.</summary>
[Collection(nameof(Alone))]
public class TurnFuzzTests
{
    private static readonly Endpoint Client = Endpoint.Parse("30.0.0.1:4000");

    [Fact]
    public void The_relay_survives_a_million_mutated_messages()
    {
        // A client with an allocation, whose credentials the seeds carry: what mutation leaves intact is obeyed.
        var town = new RelayTown();
        var alice = new RelayCaller(town, Client.ToString());
        var relayed = alice.Allocated();
        alice.Bind(0x4000, RelayTown.Peer).ShouldBe(0);
        var now = town.Now;
        var buffer = new byte[2048];
        var count = 0;
        FuzzRun.Run("turn-server", input =>
        {
            now += TimeSpan.FromMilliseconds(1);
            var destination = (count++ & 15) == 0 ? relayed : RelayTown.Listening;
            town.Relay.HandleDatagram(input, Client, destination, now);
            town.Relay.HandleDeadline(now);
            while (town.Relay.TryTakeEvent(out var happened))
            {
                if (happened is RelayEvent.OpenSocket open)
                {
                    town.Relay.SocketOpened(open.Relayed, now);
                }
            }

            while (town.Relay.TryTransmit(buffer, out _))
            {
            }
        });
        town.Relay.Count.ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public void The_client_survives_a_million_mutated_messages()
    {
        var pair = new TurnPair(new()).Allocate();
        pair.Client.BindChannel(RelayTown.Peer, pair.Town.Now);
        pair.Pump();
        var now = pair.Town.Now;
        var buffer = new byte[2048];
        var count = 0;
        FuzzRun.Run("turn-client", input =>
        {
            now += TimeSpan.FromMilliseconds(1);
            if ((count++ & 0xFFF) == 0)
            {
                pair.Client.Permit(IpAddress.Parse("40.0.0.9"), now); // so that there is a transaction
            }

            if (!pair.Client.TryUnwrap(input, RelayTown.Listening, out _, out _))
            {
                pair.Client.HandleDatagram(input, RelayTown.Listening, TurnPair.Local, now);
            }

            while (pair.Client.TryTransmit(buffer, out _))
            {
            }

            while (pair.Client.TryTakeEvent(out _))
            {
            }
        });
    }

    [Fact]
    public void The_data_path_survives_a_million_mutated_messages()
    {
        var town = new RelayTown(options => options with { TakesOldChannels = true });
        var alice = new RelayCaller(town, Client.ToString());
        var bob = new RelayCaller(town, "30.0.0.2:4000", "bob", "secret of bob");
        var relayed = alice.Allocated();
        var b = bob.Allocated();
        alice.Bind(0x4000, RelayTown.Peer).ShouldBe(0);
        alice.Bind(0x4001, b).ShouldBe(0);
        bob.Permit("20.0.0.1").ShouldBe(0);
        var buffer = new byte[Relay.Headroom + 1600 + Relay.Tailroom];
        FuzzRun.Run("channel-data", input =>
        {
            input.CopyTo(buffer.AsSpan(Relay.Headroom));
            var verdict = town.Relay.RelayFromClient(buffer, input.Length, Client, RelayTown.Listening, town.Now, out var forward);
            if (verdict == RelayVerdict.Forward && forward.Payload.Length > input.Length + Relay.Headroom)
            {
                throw new InvalidOperationException("More left than came.");
            }

            input.CopyTo(buffer.AsSpan(Relay.Headroom));
            town.Relay.RelayFromPeer(buffer, input.Length, relayed, RelayTown.Peer, town.Now, out _);
            _ = ChannelData.TryParse(input, out _, out _);
        });
    }

    /// <summary>Writes the seeds anew when run by hand: <c>POSTERN_WRITE_SEEDS=1</c>. They are the messages of a real conversation.</summary>
    [Fact]
    public void The_seeds_are_the_messages_of_a_conversation()
    {
        var town = new RelayTown();
        var alice = new RelayCaller(town, Client.ToString());
        Dictionary<string, byte[]> server = [], client = [], data = [];
        server["allocate-bare"] = alice.Write(StunMethod.Allocate, Transport, sign: false);
        var challenge = town.Receive(server["allocate-bare"], Client, RelayTown.Listening).ShouldHaveSingleItem();
        client["challenge"] = challenge.Bytes;
        alice.Learn(challenge);
        Both("allocate", StunMethod.Allocate, Transport);
        Both("permission", StunMethod.CreatePermission, (ref StunWriter writer) => writer.AddXorAddress(StunAttributeType.XorPeerAddress, RelayTown.Peer));
        Both("channel", StunMethod.ChannelBind, Channel);
        Both("refresh", StunMethod.Refresh, (ref StunWriter writer) => writer.AddUInt32(StunAttributeType.Lifetime, 600));
        Both("mismatch", StunMethod.Allocate, (ref StunWriter writer) =>
        {
            Transport(ref writer);
            writer.Add(StunAttributeType.EvenPort, [0x80]);
            writer.AddUInt32(StunAttributeType.RequestedAddressFamily, 1u << 24);
            writer.AddUInt64(StunAttributeType.ReservationToken, 1);
        });
        server["send"] = data["send"] = alice.Write(StunMethod.Send, (ref StunWriter writer) =>
        {
            writer.AddXorAddress(StunAttributeType.XorPeerAddress, RelayTown.Peer);
            writer.Add(StunAttributeType.Data, [200, 1, 2, 3, 4]);
        }, sign: false, @class: StunClass.Indication);
        server["channel-data"] = data["channel-data"] = client["channel-data"] = [0x40, 0, 0, 5, 200, 1, 2, 3, 4];
        data["hairpin"] = [0x40, 1, 0, 2, 200, 1, 0, 0];
        client["data"] = alice.Write(StunMethod.Data, (ref StunWriter writer) =>
        {
            writer.AddXorAddress(StunAttributeType.XorPeerAddress, RelayTown.Peer);
            writer.Add(StunAttributeType.Data, [200, 1, 2, 3, 4]);
        }, sign: false, @class: StunClass.Indication);
        WriteSeeds("turn-server", server);
        WriteSeeds("turn-client", client);
        WriteSeeds("channel-data", data);
        server["allocate"].Length.ShouldBeGreaterThan(100);

        void Both(string name, StunMethod method, RelayCaller.Fill fill)
        {
            server[name] = alice.Write(method, fill, sign: true);
            client[name] = town.Receive(server[name], Client, RelayTown.Listening).ShouldHaveSingleItem().Bytes;
        }
    }

    private static void Transport(ref StunWriter writer) => writer.AddUInt32(StunAttributeType.RequestedTransport, 17u << 24);

    private static void Channel(ref StunWriter writer)
    {
        writer.AddUInt32(StunAttributeType.ChannelNumber, 0x4000u << 16);
        writer.AddXorAddress(StunAttributeType.XorPeerAddress, RelayTown.Peer);
    }

    private static void WriteSeeds(string corpus, Dictionary<string, byte[]> seeds, [System.Runtime.CompilerServices.CallerFilePath] string file = "")
    {
        if (Environment.GetEnvironmentVariable("POSTERN_WRITE_SEEDS") is null)
        {
            return;
        }

        var folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "corpora", corpus)).FullName;
        foreach (var (name, bytes) in seeds)
        {
            File.WriteAllBytes(Path.Combine(folder, $"{name}.bin"), bytes);
        }
    }
}
