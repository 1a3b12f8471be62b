using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Nat;

/// <summary>A host with a prober, a NAT box before it and a binding server beyond, in virtual time.</summary>
public sealed class ProberWorld(ulong seed = 1)
{
    public static readonly Endpoint ServerV4 = Endpoint.Parse("203.0.113.1:3478");
    public static readonly Endpoint ServerV6 = Endpoint.Parse("[2001:db8:5::1]:3478");

    private readonly SeededRandom _random = new(seed);
    private readonly PriorityQueue<(byte[] Bytes, Endpoint From, Endpoint To, bool IsInside), (long, int)> _wire = new();
    private readonly Dictionary<int, Endpoint> _sockets = [];
    private readonly byte[] _buffer = new byte[2048];
    private int _sent;
    private ushort _lastPort = 40000;

    public Dictionary<IpFamily, NatBox> Boxes { get; } = [];

    public List<BindingServer> Servers { get; } = [];

    public IpAddress InnerV4 { get; init; } = IpAddress.Parse("192.168.1.20");

    public IpAddress InnerV6 { get; init; } = IpAddress.Parse("fd00::20");

    /// <summary>Of each of the two hops, one way.</summary>
    public double Loss { get; init; }

    public TimeSpan OneWay { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>Whether the system gives out rising ports, as some do.</summary>
    public bool HasRisingPorts { get; init; }

    /// <summary>Where sockets cannot be opened.</summary>
    public Func<int, IpFamily, bool> FailsToOpen { get; init; } = (_, _) => false;

    /// <summary>Drops what it says, beyond the box.</summary>
    public Func<Endpoint, Endpoint, bool> Drops { get; init; } = (_, _) => false;

    public int OpenSockets => _sockets.Count;

    public List<(Instant At, Endpoint From, Endpoint To)> SentByProber { get; } = [];

    public static BindingServer TwoAddresses() => new((_, _, _) => false, BindingSites.TwoAddresses(ServerV4, 3479, IpAddress.Parse("203.0.113.2")));

    public static BindingServer TwoAddressesV6() => new((_, _, _) => false, BindingSites.TwoAddresses(ServerV6, 3479, IpAddress.Parse("2001:db8:5::2")));

    public static BindingServer OneAddress() => new((_, _, _) => false, BindingSites.OneAddress(ServerV4, 3479));

    public static BindingServer OnePort(string at = "203.0.113.1:3478") => new((_, _, _) => false, BindingSites.OnePort(Endpoint.Parse(at)));

    public ProberWorld Behind(NatBoxOptions options, IpFamily family = IpFamily.V4)
    {
        Boxes[family] = new(options, _random);
        return this;
    }

    public ProberWorld With(params ReadOnlySpan<BindingServer> servers)
    {
        Servers.AddRange(servers);
        return this;
    }

    public NatReport MeasureOne(params Endpoint[] servers) => Measure(new() { Servers = servers is [] ? [ServerV4] : servers }).ShouldHaveSingleItem();

    public IReadOnlyList<NatReport> Measure(NatProberOptions options)
    {
        var now = Instant.Zero;
        var prober = new NatProber(options, _random, now);
        var reports = new List<NatReport>();
        while (true)
        {
            Drain(prober, reports, now);
            var arrives = _wire.TryPeek(out _, out var at) ? new Instant(at.Item1) : Instant.Never;
            if (prober.IsDone || Instant.Min(arrives, prober.NextDeadline) == Instant.Never)
            {
                return reports;
            }

            if (prober.NextDeadline <= arrives)
            {
                now = Instant.Max(now, prober.NextDeadline);
                prober.HandleDeadline(now);
            }
            else
            {
                now = arrives;
                Deliver(prober, _wire.Dequeue(), now);
            }

            now.Ticks.ShouldBeLessThan(TimeSpan.TicksPerMinute, "the prober does not end");
        }
    }

    private void Drain(NatProber prober, List<NatReport> reports, Instant now)
    {
        for (var touched = true; touched;)
        {
            touched = false;
            while (prober.TryTransmit(_buffer, out var transmit))
            {
                SentByProber.Add((now, transmit.Source, transmit.Destination));
                Send(_buffer.AsSpan(0, transmit.Length), transmit.Source, transmit.Destination, isInside: true, now);
            }

            while (prober.TryTakeEvent(out var happened))
            {
                touched = true;
                Take(prober, happened, reports, now);
            }
        }
    }

    private void Take(NatProber prober, NatEvent happened, List<NatReport> reports, Instant now)
    {
        switch (happened)
        {
            case NatEvent.OpenSocket open when FailsToOpen(open.Id, open.Family):
                prober.SocketFailed(open.Id, now);
                break;
            case NatEvent.OpenSocket open:
                var port = HasRisingPorts ? ++_lastPort : (ushort)_random.Next(32768, 61000);
                _sockets[open.Id] = new(open.Family == IpFamily.V4 ? InnerV4 : InnerV6, port);
                prober.SocketOpened(open.Id, _sockets[open.Id], now);
                break;
            case NatEvent.CloseSocket close:
                _sockets.Remove(close.Id).ShouldBeTrue();
                break;
            case NatEvent.Measured measured:
                reports.Add(measured.Report);
                break;
        }
    }

    private void Send(ReadOnlySpan<byte> bytes, Endpoint from, Endpoint to, bool isInside, Instant now)
    {
        if (_random.NextDouble() >= Loss)
        {
            _wire.Enqueue((bytes.ToArray(), from, to, isInside), ((now + (OneWay / 2)).Ticks, _sent++));
        }
    }

    private void Deliver(NatProber prober, (byte[] Bytes, Endpoint From, Endpoint To, bool IsInside) packet, Instant now)
    {
        var (bytes, from, to, isInside) = packet;
        var box = Boxes.GetValueOrDefault(from.IsV4 ? IpFamily.V4 : IpFamily.V6);
        if (isInside && (to.Address == InnerV4 || to.Address == InnerV6))
        {
            prober.HandleDatagram(bytes, from, to, now);
        }
        else if (isInside)
        {
            GoOut(bytes, from, to, box, now);
        }
        else if (Servers.Find(s => s.HandleDatagram(bytes, from, to, now)) is { } server)
        {
            while (server.TryTransmit(_buffer, out var transmit))
            {
                Send(_buffer.AsSpan(0, transmit.Length), transmit.Source, transmit.Destination, isInside: false, now);
            }
        }
        else
        {
            ComeIn(bytes, from, to, box, now);
        }
    }

    private void GoOut(byte[] bytes, Endpoint from, Endpoint to, NatBox? box, Instant now)
    {
        var outer = box?.Out(from, to) ?? from;
        if (box is { Options.Translates: true } && to.Address == box.Options.Outer)
        {
            if (box.Options.Hairpin is NatHairpin.Yes or NatHairpin.YesFromInside && box.TryIn(to, outer, out var neighbour))
            {
                Send(bytes, box.Options.Hairpin == NatHairpin.Yes ? outer : from, neighbour, isInside: true, now);
            }
        }
        else if (box is not { Options.BlocksUdp: true } && !Drops(outer, to))
        {
            Send(bytes, outer, to, isInside: false, now);
        }
    }

    private void ComeIn(byte[] bytes, Endpoint from, Endpoint to, NatBox? box, Instant now)
    {
        var inner = to;
        if (!Drops(from, to) && (box is null || box.TryIn(to, from, out inner)))
        {
            Send(bytes, from, inner, isInside: true, now);
        }
    }
}
