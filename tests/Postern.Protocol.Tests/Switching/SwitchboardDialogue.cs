using System.Text;
using System.Text.Json;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Identity;
using Postern.Protocol.Switching.Server;
using Postern.Tests.Kit;

namespace Postern.Tests.Switching;

/// <summary>A switchboard and hand-made connections: what is said to it, and what it says.</summary>
internal sealed class SwitchboardDialogue : IDisposable
{
    public static readonly TurnGrant Grant = new("1700000000:s:anna", "secret", 1_700_000_000, ["turn:relay.example:3478"]);

    private readonly Dictionary<ConnectionId, List<ServerFrame>> _said = [];
    private readonly HashSet<ConnectionId> _closed = [];
    private long _connections;

    public SwitchboardDialogue(SwitchboardOptions? options = null, MintTurn? mint = null)
    {
        Switchboard = new Switchboard(options ?? new(), ServerIdentity, new SeededRandom(1), mint ?? ((session, name) => Grant), Now);
    }

    public PeerIdentity ServerIdentity { get; } = PeerIdentity.Create();

    public Switchboard Switchboard { get; }

    public Instant Now { get; set; } = Instant.FromMilliseconds(1000);

    public List<SwitchboardEvent> Events { get; } = [];

    public ConnectionId Open(string address = "192.0.2.1:1000")
    {
        var connection = new ConnectionId(++_connections);
        _said[connection] = [];
        Switchboard.HandleOpened(connection, Endpoint.Parse(address), Now);
        Drain();
        return connection;
    }

    public ConnectionId LogIn(string name, PeerIdentity identity, string run = "run1", string address = "192.0.2.1:1000")
    {
        var connection = Open(address);
        Say(connection, Prove(connection, Hello(name, identity, run), identity));
        return connection;
    }

    public static ClientFrame.Hello Hello(string name, PeerIdentity identity, string run = "run1", string host = "switch.example") =>
        new(ClientFrame.Version, name, identity.PublicKey, run, host);

    /// <summary>Says hello and makes the proof for the challenge that comes.</summary>
    public ClientFrame.Prove Prove(ConnectionId connection, ClientFrame.Hello hello, PeerIdentity identity)
    {
        Say(connection, hello);
        var challenge = Heard<ServerFrame.Challenge>(connection);
        var proof = new LoginProof { Challenge = challenge.Nonce, ServerKey = challenge.Server, Host = hello.Host, Name = hello.Name, Key = hello.Key };
        return new(proof.Sign(identity));
    }

    public void Say(ConnectionId connection, ClientFrame frame) => Say(connection, FrameCodec.Write(frame));

    public void Say(ConnectionId connection, string text) => Say(connection, Encoding.UTF8.GetBytes(text));

    public void Say(ConnectionId connection, byte[] bytes)
    {
        Switchboard.HandleFrame(connection, bytes, Now);
        Drain();
    }

    public void Signal(ConnectionId connection, string to, long seq, SignalKind kind = SignalKind.Candidate, string session = "s1", string payload = "{}") =>
        Say(connection, new ClientFrame.Signal(to, session, seq, kind, new OpaqueJson(payload)));

    public void Hang(ConnectionId connection)
    {
        Switchboard.HandleClosed(connection, Now);
        Drain();
    }

    public void Pass(double seconds)
    {
        var until = Now + TimeSpan.FromSeconds(seconds);
        while (Switchboard.NextDeadline <= until)
        {
            Now = Instant.Max(Now, Switchboard.NextDeadline);
            Switchboard.HandleDeadline(Now);
            Drain();
        }

        Now = until;
    }

    /// <summary>Takes the oldest frame, which must be of this type.</summary>
    public T Heard<T>(ConnectionId connection)
        where T : ServerFrame
    {
        _said[connection].ShouldNotBeEmpty($"{connection} heard nothing, instead of {typeof(T).Name}");
        var first = _said[connection][0];
        _said[connection].RemoveAt(0);
        return first.ShouldBeOfType<T>();
    }

    public IReadOnlyList<ServerFrame> Unheard(ConnectionId connection) => _said[connection];

    public void ShouldBeRefused(ConnectionId connection, RefusalCode code, string? sentence = null)
    {
        var refused = Heard<ServerFrame.Refused>(connection);
        refused.Code.ShouldBe(code);
        refused.Sentence.ShouldBe(sentence ?? code.Sentence());
        IsClosed(connection).ShouldBe(code.EndsConnection());
        _said[connection].ShouldBeEmpty();
    }

    public bool IsClosed(ConnectionId connection) => _closed.Contains(connection);

    public void Dispose() => ServerIdentity.Dispose();

    private void Drain()
    {
        while (Switchboard.TryTakeEvent(out var happened))
        {
            Events.Add(happened);
        }

        while (Switchboard.TryTakeFrame(out var frame))
        {
            IsClosed(frame.Connection).ShouldBeFalse();
            FrameCodec.TryParse(frame.Utf8.Span, out ServerFrame? said).ShouldBe(FrameError.None, Encoding.UTF8.GetString(frame.Utf8.Span));
            _said[frame.Connection].Add(said!);
            if (frame.ThenClose)
            {
                _closed.Add(frame.Connection);
            }
        }
    }
}
