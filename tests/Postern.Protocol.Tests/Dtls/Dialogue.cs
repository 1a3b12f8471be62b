using Postern.Protocol.Net;
using Postern.Sessions.Dtls;
using Postern.Tests.Kit;

namespace Postern.Tests.Dtls;

/// <summary>A client and a server over a simulated path in virtual time, from one seed.</summary>
public sealed class Dialogue : IDisposable
{
    public delegate IEnumerable<byte[]> Tampering(DtlsRole sender, byte[] datagram);

    private readonly PriorityQueue<(DtlsRole To, byte[] Datagram), (Instant, int)> _path = new();
    private readonly SeededRandom _random;
    private readonly byte[] _buffer = new byte[2048];
    private int _order;

    public Dialogue(ulong seed = 1, Func<DtlsOptions, DtlsOptions>? client = null, Func<DtlsOptions, DtlsOptions>? server = null)
    {
        _random = new(seed);
        var clientOptions = new DtlsOptions { Certificate = Certificates.Client, ExpectedFingerprint = Certificates.Server.Fingerprint };
        var serverOptions = new DtlsOptions { Certificate = Certificates.Server, ExpectedFingerprint = Certificates.Client.Fingerprint };
        Client = new(new(DtlsRole.Client, client?.Invoke(clientOptions) ?? clientOptions, _random));
        Server = new(new(DtlsRole.Server, server?.Invoke(serverOptions) ?? serverOptions, _random));
    }

    public Side Client { get; }

    public Side Server { get; }

    public Instant Now { get; private set; }

    /// <summary>One way.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>At most this much more, drawn for each datagram: reorders.</summary>
    public TimeSpan Jitter { get; init; }

    public double Loss { get; init; }

    public double Duplication { get; init; }

    /// <summary>The man in the middle: what becomes of each datagram.</summary>
    public Tampering? Tamper { get; set; }

    public bool BothConnected => Client.Connection.State == DtlsState.Connected && Server.Connection.State == DtlsState.Connected;

    private IEnumerable<Side> Sides => [Client, Server];

    public Side this[DtlsRole role] => role == DtlsRole.Client ? Client : Server;

    /// <summary>Starts, and runs until nothing happens any more or the time is over.</summary>
    public Dialogue Run(double seconds = 60)
    {
        Client.Connection.Start(Now);
        return Go(seconds);
    }

    /// <summary>Runs on until nothing happens any more or the time is over.</summary>
    public Dialogue Go(double seconds = 60)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        Drain();
        while (true)
        {
            var next = Instant.Min(Client.Connection.NextDeadline, Server.Connection.NextDeadline);
            var arrives = _path.TryPeek(out _, out var first) ? first.Item1 : Instant.Never;
            var at = Instant.Min(next, arrives);
            if (at == Instant.Never || at > end)
            {
                return this;
            }

            Now = Instant.Max(Now, at);
            if (arrives <= next)
            {
                var (to, datagram) = _path.Dequeue();
                this[to].Connection.HandleDatagram(datagram, this[to].Inbox, Now).ShouldBeTrue();
            }
            else
            {
                Client.Connection.HandleDeadline(Now);
                Server.Connection.HandleDeadline(Now);
            }

            Drain();
        }
    }

    public void Say(DtlsRole role, ReadOnlySpan<byte> plaintext)
    {
        var length = this[role].Connection.Protect(plaintext, _buffer);
        length.ShouldBe(plaintext.Length + DtlsConnection.Overhead);
        Carry(role, _buffer[..length]);
    }

    /// <summary>Puts a datagram on the path as if <paramref name="sender"/> had sent it.</summary>
    public void Inject(DtlsRole sender, byte[] datagram, double milliseconds = 0) =>
        _path.Enqueue((Opposite(sender), datagram), (Now + TimeSpan.FromMilliseconds(milliseconds), _order++));

    public void Drain()
    {
        foreach (var side in Sides)
        {
            while (side.Connection.TryTransmit(_buffer, out var length))
            {
                var datagram = _buffer[..length];
                side.Sent.Add(datagram);
                Carry(side.Connection.Role, datagram);
            }

            while (side.Connection.TryTakeEvent(out var happened))
            {
                side.Events.Add(happened);
            }
        }
    }

    public void Dispose()
    {
        Client.Connection.Dispose();
        Server.Connection.Dispose();
    }

    private void Carry(DtlsRole sender, byte[] datagram)
    {
        foreach (var carried in Tamper?.Invoke(sender, datagram) ?? [datagram])
        {
            for (var copies = _random.NextDouble() < Duplication ? 2 : 1; copies > 0; copies--)
            {
                if (_random.NextDouble() >= Loss)
                {
                    var delay = Delay + (Jitter * _random.NextDouble());
                    _path.Enqueue((Opposite(sender), carried), (Now + delay, _order++));
                }
            }
        }
    }

    private static DtlsRole Opposite(DtlsRole role) => role == DtlsRole.Client ? DtlsRole.Server : DtlsRole.Client;
}
