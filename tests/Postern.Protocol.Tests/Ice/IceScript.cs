using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Tests.Kit;

namespace Postern.Tests.Ice;

/// <summary>One agent alone, and a peer of which the test plays every packet by hand.</summary>
public sealed class IceScript
{
    public static readonly Endpoint Local = Endpoint.Parse("192.0.2.1:5000");
    public static readonly Endpoint Remote = Endpoint.Parse("192.0.2.2:6000");
    public static readonly IceCredentials Theirs = new("them", "their-password-0123456789");

    private readonly SeededRandom _random = new(99);
    private readonly byte[] _buffer = new byte[2048];

    public IceScript(IceOptions? options = null, bool knowsPeer = true)
    {
        Agent = new(options ?? new(), new SeededRandom(7));
        Agent.AddLocalCandidate(Candidate.Host(Local, 35000), Now);
        if (knowsPeer)
        {
            Agent.SetRemoteCredentials(Theirs, Now);
            Agent.AddRemoteCandidate(Candidate.Host(Remote, 35000), Now);
        }
    }

    public IceAgent Agent { get; }

    public Instant Now { get; set; } = Instant.FromMilliseconds(1000);

    public List<IceEvent> Events { get; } = [];

    public void Pass(double milliseconds)
    {
        var end = Now + TimeSpan.FromMilliseconds(milliseconds);
        while (Agent.NextDeadline <= end)
        {
            Now = Instant.Max(Now, Agent.NextDeadline);
            Agent.HandleDeadline(Now);
        }

        Now = end;
    }

    /// <summary>All that the agent wants to send, as copies.</summary>
    public List<(byte[] Bytes, Transmit Transmit)> Take()
    {
        var taken = new List<(byte[], Transmit)>();
        while (Agent.TryTransmit(_buffer, out var transmit))
        {
            taken.Add((_buffer[..transmit.Length], transmit));
        }

        while (Agent.TryTakeEvent(out var happened))
        {
            Events.Add(happened);
        }

        return taken;
    }

    public (byte[] Bytes, Transmit Transmit) TakeOne() => Take().ShouldHaveSingleItem();

    public bool Hear(byte[] datagram, Endpoint? source = null, Endpoint? destination = null) =>
        Agent.HandleDatagram(datagram, source ?? Remote, destination ?? Local, Now);

    /// <summary>A check of the peer's, of which every part may be wrong.</summary>
    public byte[] Request(
        IceRole role = IceRole.Controlled, ulong tiebreaker = 1, bool useCandidate = false, uint nomination = 0,
        string? password = null, string? username = null, bool unknown = false, uint priority = 1862270975)
    {
        var bytes = new byte[512];
        var writer = new StunWriter(bytes, StunClass.Request, StunMethod.Binding, TransactionId.Draw(_random));
        writer.AddText(StunAttributeType.Username, username ?? $"{Agent.LocalCredentials.UsernameFragment}:{Theirs.UsernameFragment}");
        writer.AddUInt32(StunAttributeType.Priority, priority);
        writer.AddUInt64(role == IceRole.Controlling ? StunAttributeType.IceControlling : StunAttributeType.IceControlled, tiebreaker);
        if (useCandidate)
        {
            writer.AddFlag(StunAttributeType.UseCandidate);
        }

        if (nomination != 0)
        {
            writer.AddUInt32(StunAttributeType.Nomination, nomination);
        }

        if (unknown)
        {
            writer.AddUInt32((StunAttributeType)0x7777, 1);
        }

        if (password != "")
        {
            writer.AddIntegrity(StunKey.ShortTerm(password ?? Agent.LocalCredentials.Password));
        }

        writer.AddFingerprint();
        return bytes[..writer.Length];
    }

    /// <summary>An answer to one of the agent's checks.</summary>
    public static byte[] Answer(byte[] request, Endpoint? mapped = null, int error = 0, string? password = null)
    {
        StunMessage.TryParse(request, out var message).ShouldBe(StunError.None);
        var bytes = new byte[512];
        var writer = StunWriter.Respond(bytes, error == 0 ? StunClass.Success : StunClass.Error, message);
        if (error == 0)
        {
            writer.AddXorAddress(StunAttributeType.XorMappedAddress, mapped ?? Local);
        }
        else
        {
            writer.AddErrorCode(error);
        }

        if (password != "")
        {
            writer.AddIntegrity(StunKey.ShortTerm(password ?? Theirs.Password));
        }

        writer.AddFingerprint();
        return bytes[..writer.Length];
    }

    public static (StunClass Class, int Error) Kind(byte[] bytes)
    {
        StunMessage.TryParse(bytes, out var message).ShouldBe(StunError.None);
        message.TryGetErrorCode(out var code, out _);
        return (message.Class, code);
    }

    public static bool Has(byte[] bytes, StunAttributeType type)
    {
        StunMessage.TryParse(bytes, out var message).ShouldBe(StunError.None);
        return message.Has(type);
    }

    public void EndCandidates()
    {
        Agent.EndLocalCandidates(Now);
        Agent.EndRemoteCandidates(Now);
    }

    /// <summary>The agent's pair is valid: its first check was answered.</summary>
    public void Connect()
    {
        var check = Take().First(t => Kind(t.Bytes).Class == StunClass.Request);
        Hear(Answer(check.Bytes), check.Transmit.Destination, check.Transmit.Source).ShouldBeTrue();
        Agent.SelectedPath.ShouldNotBeNull();
    }
}
