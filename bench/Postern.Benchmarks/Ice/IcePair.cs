using Postern.Lab.Namespaces.Kernel;
using Postern.Protocol.Ice;
using Postern.Protocol.Net;

namespace Postern.Benchmarks.Ice;

/// <summary>Two agents in memory and in virtual time: what one sends, the other has at once.</summary>
internal sealed class IcePair
{
    private readonly byte[] _buffer = new byte[2048];

    /// <param name="sockets">Host candidates of each side.</param>
    public IcePair(int sockets)
    {
        A = new(new() { Role = IceRole.Controlling, Renomination = true }, new LabRandom(1));
        B = new(new() { Role = IceRole.Controlled, Renomination = true }, new LabRandom(2));
        var (ofA, ofB) = (Candidates("192.0.2", sockets), Candidates("198.51.100", sockets));
        Introduce(A, ofA, B.LocalCredentials, ofB);
        Introduce(B, ofB, A.LocalCredentials, ofA);
        Exchange();
    }

    public IceAgent A { get; }

    public IceAgent B { get; }

    public Instant Now { get; private set; } = Instant.FromMilliseconds(1000);

    public long Checks => A.Stats.RequestsSent + B.Stats.RequestsSent;

    /// <summary>Both have chosen, and it is the same path.</summary>
    public bool IsConnected => A.SelectedPath is { } a && B.SelectedPath is { } b && a.Local == b.Remote && a.Remote == b.Local;

    public static Endpoint SocketOfA { get; } = Endpoint.Parse("192.0.2.1:5000");

    public static Endpoint SocketOfB { get; } = Endpoint.Parse("198.51.100.1:5000");

    /// <summary>Goes on to the next moment at which one of them has something to do.</summary>
    public void Step()
    {
        Now = Instant.Max(Now, Instant.Min(A.NextDeadline, B.NextDeadline));
        A.HandleDeadline(Now);
        B.HandleDeadline(Now);
        Exchange();
    }

    private void Exchange()
    {
        while (Carry(A, B) | Carry(B, A))
        {
        }
    }

    private bool Carry(IceAgent from, IceAgent to)
    {
        var any = false;
        while (from.TryTransmit(_buffer, out var transmit))
        {
            to.HandleDatagram(_buffer.AsSpan(0, transmit.Length), transmit.Source, transmit.Destination, Now);
            any = true;
        }

        while (from.TryTakeEvent(out _))
        {
        }

        return any;
    }

    private void Introduce(IceAgent agent, IEnumerable<Candidate> own, IceCredentials remote, IEnumerable<Candidate> theirs)
    {
        foreach (var candidate in own)
        {
            agent.AddLocalCandidate(candidate, Now);
        }

        agent.SetRemoteCredentials(remote, Now);
        foreach (var candidate in theirs)
        {
            agent.AddRemoteCandidate(candidate, Now);
        }

        agent.EndLocalCandidates(Now);
        agent.EndRemoteCandidates(Now);
    }

    private static Candidate[] Candidates(string network, int count) =>
        [.. Enumerable.Range(1, count).Select(host => Candidate.Host(Endpoint.Parse($"{network}.{host}:5000"), (ushort)(65535 - host)))];
}
