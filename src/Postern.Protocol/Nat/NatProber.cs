using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Net;

namespace Postern.Protocol.Nat;

/// <summary>
/// Measures the NATs before this host after RFC 5780, IPv4 and IPv6 at the same time: reachability, filtering (first, and
/// from fresh sockets), mapping, how ports move, hairpin. Ends by itself with one <see cref="NatEvent.Measured"/> a family,
/// after about a second and a half without loss, at the latest after <see cref="NatProberOptions.Limit"/>.
/// </summary>
public sealed class NatProber : IMachine<NatEvent>
{
    private readonly Queue<NatEvent> _events = new();
    private readonly List<FamilyProbe> _probes = [];

    /// <summary>Begins to measure; the first events ask for sockets.</summary>
    public NatProber(NatProberOptions options, IRandom random, Instant now)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Samples, NatProberOptions.MostSamples, nameof(options));
        foreach (var family in options.Servers.GroupBy(s => s.IsV4))
        {
            var servers = family.DistinctBy(s => s.Address).Take(4).ToArray();
            _probes.Add(new(options, random, _events, servers, firstId: _probes.Count, now));
        }

        if (_probes.Count == 0)
        {
            throw new ArgumentException("No server to ask.", nameof(options));
        }
    }

    /// <summary>All families are measured and all sockets given back.</summary>
    public bool IsDone => _probes.TrueForAll(p => p.IsDone);

    public Instant NextDeadline
    {
        get
        {
            var next = Instant.Never;
            foreach (var probe in _probes)
            {
                next = Instant.Min(next, probe.NextDeadline);
            }

            return next;
        }
    }

    /// <summary>The answer to <see cref="NatEvent.OpenSocket"/>. <paramref name="local"/> is the address that the system uses towards the server, not a wildcard.</summary>
    public void SocketOpened(int id, Endpoint local, Instant now)
    {
        if (local == Endpoint.None || local.Port == 0 || !_probes.Exists(p => p.SocketSettled(id, local, now)))
        {
            throw new ArgumentException("No such socket was asked for, or it has no address.", nameof(id));
        }
    }

    /// <summary>The other answer to <see cref="NatEvent.OpenSocket"/>.</summary>
    public void SocketFailed(int id, Instant now)
    {
        if (!_probes.Exists(p => p.SocketSettled(id, Endpoint.None, now)))
        {
            throw new ArgumentException("No such socket was asked for.", nameof(id));
        }
    }

    public bool HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now)
    {
        foreach (var probe in _probes)
        {
            if (probe.HandleDatagram(datagram, source, destination, now))
            {
                return true;
            }
        }

        return false;
    }

    public void HandleDeadline(Instant now)
    {
        foreach (var probe in _probes)
        {
            probe.HandleDeadline(now);
        }
    }

    public bool TryTransmit(Span<byte> buffer, out Transmit transmit)
    {
        foreach (var probe in _probes)
        {
            if (probe.TryTransmit(buffer, out transmit))
            {
                return true;
            }
        }

        transmit = default;
        return false;
    }

    public bool TryTakeEvent([NotNullWhen(true)] out NatEvent? happened) => _events.TryDequeue(out happened);
}
