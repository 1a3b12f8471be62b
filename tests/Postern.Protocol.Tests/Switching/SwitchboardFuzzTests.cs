using System.Text;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Client;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Identity;
using Postern.Protocol.Switching.Server;
using Postern.Tests.Kit;

namespace Postern.Tests.Switching;

[Collection(nameof(Alone))]
public sealed class SwitchboardFuzzTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void No_frame_of_a_client_breaks_the_switchboard()
    {
        using var identity = PeerIdentity.Create();
        var fuzzed = new FuzzedSwitchboard(identity);
        FuzzRun.Run("switchboard-server", fuzzed.Take);
        fuzzed.Switchboard.Names.ShouldBe(2);
        fuzzed.Switchboard.Connections.ShouldBeLessThanOrEqualTo(2);
        fuzzed.Switchboard.Sessions.ShouldBeLessThanOrEqualTo(128);
        fuzzed.Switchboard.Stats.SignalsAccepted.ShouldBeGreaterThan(1000); // or the cases never came so far
    }

    [Fact]
    public void No_frame_of_a_switchboard_breaks_a_client()
    {
        using var identity = PeerIdentity.Create();
        var fuzzed = new FuzzedClient(identity);
        FuzzRun.Run("switchboard-client", fuzzed.Take);
        fuzzed.LoggedIn.Stats.SignalsReceived.ShouldBeGreaterThan(1000);
        fuzzed.LoggedIn.Unacknowledged.ShouldBeLessThanOrEqualTo(128);
    }

    [Fact]
    public void No_text_breaks_the_reading_of_SDP()
    {
        long read = 0;
        FuzzRun.Run("sdp", input =>
        {
            var sdp = Encoding.Latin1.GetString(input);
            foreach (var kind in new[] { SignalKind.Offer, SignalKind.Answer })
            {
                if (SdpText.TryParse(sdp, new(kind, "s1", "anna", "bob"), out var description) == SdpError.None)
                {
                    read++;
                    SdpText.TryParse(SdpText.Write(description!), new(kind, "s1", "anna", "bob"), out _).ShouldBe(SdpError.None);
                }
            }
        });
        read.ShouldBeGreaterThan(10_000);
    }

    /// <summary>Two peers are logged in and stay so; what no logged-in peer may say is said by a stranger.</summary>
    private sealed class FuzzedSwitchboard
    {
        private readonly PeerIdentity _identity;
        private readonly ConnectionId[] _peers = new ConnectionId[2];
        private readonly Queue<ClientFrame.Ack> _acks = [];
        private Instant _now = Instant.FromMilliseconds(1000);
        private long _connections;
        private long _case;

        public FuzzedSwitchboard(PeerIdentity identity)
        {
            _identity = identity;
            Switchboard = new Switchboard(new SwitchboardOptions { IdleTimeout = TimeSpan.FromDays(365) }, identity, new SeededRandom(1), (_, _) => SwitchboardDialogue.Grant, _now);
        }

        public Switchboard Switchboard { get; }

        public void Take(ReadOnlySpan<byte> input)
        {
            _now += Step;
            Switchboard.HandleDeadline(_now);
            Drain();
            var isFrame = FrameCodec.TryParse(input, out ClientFrame? frame) == FrameError.None;
            if (isFrame && frame is not (ClientFrame.Hello or ClientFrame.Prove))
            {
                Switchboard.HandleFrame(Peer((int)(_case++ & 1)), input, _now);
                Drain();
                return;
            }

            var stranger = Open();
            if (frame is ClientFrame.Prove)
            {
                Switchboard.HandleFrame(stranger, FrameCodec.Write(SwitchboardDialogue.Hello("carol", _identity)), _now);
            }

            Switchboard.HandleFrame(stranger, input, _now);
            Switchboard.HandleClosed(stranger, _now);
            Drain();
        }

        private ConnectionId Peer(int index)
        {
            if (_peers[index] == default)
            {
                var name = index == 0 ? "anna" : "bob";
                var hello = SwitchboardDialogue.Hello(name, _identity);
                _peers[index] = Open();
                Switchboard.HandleFrame(_peers[index], FrameCodec.Write(hello), _now);
                Switchboard.TryTakeFrame(out var frame).ShouldBeTrue();
                FrameCodec.TryParse(frame.Utf8.Span, out ServerFrame? challenge).ShouldBe(FrameError.None);
                var proof = new LoginProof { Challenge = ((ServerFrame.Challenge)challenge!).Nonce, ServerKey = _identity.PublicKey, Host = hello.Host, Name = name, Key = hello.Key };
                Switchboard.HandleFrame(_peers[index], FrameCodec.Write(new ClientFrame.Prove(proof.Sign(_identity))), _now);
                Drain();
            }

            return _peers[index];
        }

        private ConnectionId Open()
        {
            var connection = new ConnectionId(++_connections);
            Switchboard.HandleOpened(connection, Endpoint.Parse("192.0.2.1:1"), _now);
            return connection;
        }

        private void Drain()
        {
            while (Switchboard.TryTakeEvent(out _))
            {
            }

            while (Switchboard.TryTakeFrame(out var frame))
            {
                var index = Array.IndexOf(_peers, frame.Connection);
                if (index >= 0 && frame.ThenClose)
                {
                    _peers[index] = default;
                }
                else if (index >= 0 && FrameCodec.TryParse(frame.Utf8.Span, out ServerFrame? said) == FrameError.None && said is ServerFrame.Signal signal)
                {
                    _acks.Enqueue(new(signal.From, signal.Run, signal.Seq));
                }
            }

            while (_acks.TryDequeue(out var ack))
            {
                Array.ForEach(_peers, peer => Switchboard.HandleFrame(peer, FrameCodec.Write(ack), _now));
            }
        }
    }

    /// <summary>One client is logged in and hears what keeps it so; another logs in for ever and hears the rest.</summary>
    private sealed class FuzzedClient
    {
        private readonly SwitchboardClient _loggingIn;
        private Instant _now = Instant.FromMilliseconds(1000);
        private long _stream;
        private long _loggedInStream;
        private long _seq = 100;

        public FuzzedClient(PeerIdentity identity)
        {
            _loggingIn = new SwitchboardClient(new() { Name = "anna", Host = "h" }, identity, new SeededRandom(1));
            LoggedIn = new SwitchboardClient(new() { Name = "anna", Host = "h", SilenceTimeout = TimeSpan.FromDays(365) }, identity, new SeededRandom(2));
            LoggedIn.Start(_now);
            LoggedIn.HandleOpened(++_loggedInStream, _now);
            var proof = new LoginProof { Challenge = new string('A', 43), ServerKey = identity.PublicKey, Host = "h", Name = "anna", Key = identity.PublicKey };
            LoggedIn.HandleFrame(1, FrameCodec.Write(new ServerFrame.Challenge(proof.Challenge, proof.ServerKey)), _now);
            LoggedIn.TryTakeFrame(out _).ShouldBeTrue();
            LoggedIn.TryTakeFrame(out var frame).ShouldBeTrue();
            FrameCodec.TryParse(frame.Span, out ClientFrame? prove).ShouldBe(FrameError.None);
            var countersign = proof.Countersign(identity, ((ClientFrame.Prove)prove!).Signature);
            LoggedIn.HandleFrame(1, FrameCodec.Write(new ServerFrame.Welcome("anna", countersign, false, "192.0.2.1:1", [])), _now);
            LoggedIn.IsLoggedIn.ShouldBeTrue();
        }

        public SwitchboardClient LoggedIn { get; }

        public void Take(ReadOnlySpan<byte> input)
        {
            _now += Step;
            var isFrame = FrameCodec.TryParse(input, out ServerFrame? frame) == FrameError.None;
            var keeps = isFrame && frame is not (ServerFrame.Bye or ServerFrame.Challenge or ServerFrame.Welcome or ServerFrame.Refused { Code: > RefusalCode.Unknown and <= RefusalCode.ServerFull });
            if (keeps)
            {
                LoggedIn.TrySendSignal("bob", "s1", new SignalPayload.EndOfCandidates("aF3d"), out _);
                LoggedIn.HandleFrame(_loggedInStream, input, _now);
                if (frame is ServerFrame.Signal signal)
                {
                    LoggedIn.HandleFrame(_loggedInStream, FrameCodec.Write(signal with { Seq = ++_seq }), _now); // or it would pass for seen
                }

                LoggedIn.IsLoggedIn.ShouldBeTrue();
                Drain(LoggedIn);
                return;
            }

            _loggingIn.Start(_now);
            _loggingIn.Probe(_now); // ends a pause
            Drain(_loggingIn);
            _loggingIn.HandleOpened(_stream, _now);
            _loggingIn.HandleFrame(_stream, input, _now);
            _loggingIn.IsLoggedIn.ShouldBeFalse();
            Drain(_loggingIn);
        }

        private void Drain(SwitchboardClient client)
        {
            client.HandleDeadline(_now);
            while (client.TryTakeFrame(out _))
            {
            }

            while (client.TryTakeEvent(out var happened))
            {
                _stream = happened is SwitchboardClientEvent.OpenStream open && client == _loggingIn ? open.Stream : _stream;
            }
        }
    }
}
