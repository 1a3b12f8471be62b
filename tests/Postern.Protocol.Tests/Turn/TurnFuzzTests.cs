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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_relay_survives_a_million_mutated_messages(bool onStream)
    {
        var fuzzed = new FuzzedRelay(Client, onStream ? Relay.StreamEnd(RelayTown.Listening.Address) : RelayTown.Listening);
        FuzzRun.Run("turn-server", fuzzed.Take);
        fuzzed.Granted.Values.ShouldAllBe(count => count > 2_000, string.Join(' ', fuzzed.Granted)); // else the mutations would never pass the door
        foreach (var code in (int[])[400, 401, 403, 420, 437, 440, 442, 443])
        {
            fuzzed.Refused.ShouldContainKey(code, string.Join(' ', fuzzed.Refused));
        }

        fuzzed.Relay.Count.ShouldBeLessThanOrEqualTo(1);
        fuzzed.WaitForTheEnd();
        fuzzed.Relay.Count.ShouldBe(0);
    }

    [Fact]
    public void The_client_survives_a_million_mutated_messages()
    {
        var fuzzed = new FuzzedAllocation();
        FuzzRun.Run("turn-client", fuzzed.Take);
        foreach (var kind in (string[])[nameof(TurnEvent.Allocated), nameof(TurnEvent.PermissionGranted), nameof(TurnEvent.PermissionRefused), nameof(TurnEvent.ChannelBound), nameof(TurnEvent.Lost), nameof(TurnEvent.AllocationFailed)])
        {
            fuzzed.Told.GetValueOrDefault(kind).ShouldBeGreaterThan(100, string.Join(' ', fuzzed.Told));
        }
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
        int outwards = 0, inwards = 0;
        FuzzRun.Run("channel-data", input =>
        {
            input.CopyTo(buffer.AsSpan(Relay.Headroom));
            var verdict = town.Relay.RelayFromClient(buffer, input.Length, Client, RelayTown.Listening, town.Now, out var forward);
            if (verdict == RelayVerdict.Forward)
            {
                outwards++;
                forward.Payload.Length.ShouldBeLessThanOrEqualTo(input.Length + Relay.Headroom, "More left than came.");
            }

            input.CopyTo(buffer.AsSpan(Relay.Headroom));
            inwards += town.Relay.RelayFromPeer(buffer, input.Length, relayed, RelayTown.Peer, town.Now, out _) == RelayVerdict.Forward ? 1 : 0;
            _ = ChannelData.TryParse(input, out _, out _);
        });
        outwards.ShouldBeGreaterThan(100_000);
        inwards.ShouldBeGreaterThanOrEqualTo(FuzzRun.Cases); // a peer may send whatever it likes
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
