using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Net;

namespace Postern.Protocol.PortMapping;

/// <summary>
/// Asks one gateway over one protocol: is it there, does it give a mapping. What it gives is given back at once, and given back too
/// where no answer to the request came, since the answer may have been lost on its way. Ends by itself after eight seconds at most.
/// </summary>
public sealed class MappingProbe : IMachine<MappingEvent>
{
    /// <summary>Seconds; what nobody gives back ends by itself. Gateways grant no less (miniupnpd's min_lifetime).</summary>
    public const uint TestLifetime = 120;

    /// <summary>RFC 6886 §3.1 begins with 250 ms and doubles; a gateway is one hop away, so three questions do.</summary>
    private static readonly TimeSpan[] Asking = [TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(1000)];

    /// <summary>A gateway that looks for a port it may give walks through all of them before it says no: it is not asked twice.</summary>
    private static readonly TimeSpan[] Mapping = [TimeSpan.FromMilliseconds(3000)];

    /// <summary>A gateway that walks through its ports hears nothing meanwhile: first everybody asks whether it is there, then for mappings.</summary>
    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(1000);

    private static readonly TimeSpan[] Unmapping = [TimeSpan.FromMilliseconds(250), TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(1000)];

    private readonly Queue<MappingEvent> _events = new();
    private readonly Endpoint _local;
    private readonly Endpoint _gateway;
    private readonly ushort _port;
    private readonly UInt128 _nonce;

    private MappingFinding _finding;
    private TimeSpan[] _pace = Asking;
    private int _sent;
    private bool _isDue;

    /// <param name="protocol">Which of the two.</param>
    /// <param name="local">The socket, with the address that the gateway sees.</param>
    /// <param name="gateway">The gateway's port 5351.</param>
    /// <param name="port">The inner port of the test mapping.</param>
    /// <param name="random">For the mapping nonce, which proves a mapping to be ours (RFC 6887 §11.1).</param>
    /// <param name="now">When it begins.</param>
    public MappingProbe(PortMappingProtocol protocol, Endpoint local, Endpoint gateway, ushort port, IRandom random, Instant now)
    {
        (_local, _gateway, _port) = (local, gateway, port);
        _nonce = ((UInt128)random.NextUInt64() << 32) | random.NextUInt32();
        _finding = new() { Protocol = protocol };
        NextDeadline = now;
    }

    public bool IsDone => NextDeadline == Instant.Never;

    public Instant NextDeadline { get; private set; }

    public void HandleDeadline(Instant now)
    {
        if (now < NextDeadline)
        {
            return;
        }

        if (_sent < _pace.Length)
        {
            _isDue = true;
            NextDeadline = now + _pace[_sent++];
            return;
        }

        if (_pace == Asking)
        {
            Conclude(_finding with { Presence = MappingPresence.Silent });
        }
        else if (_pace == Mapping)
        {
            _finding = _finding with { Presence = MappingPresence.Refused };
            Begin(Unmapping, now); // a mapping may stand of which we heard nothing
        }
        else
        {
            Conclude(_finding with { IsCleanedUp = _finding.ExternalPort == 0 });
        }
    }

    /// <summary>The system says that nobody listens there.</summary>
    public void HandleUnreachable(Instant now)
    {
        if (!IsDone && _pace == Asking)
        {
            Conclude(_finding with { Presence = MappingPresence.Absent });
        }
    }

    public bool HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now)
    {
        if (IsDone || source != _gateway || !PortMappingAnswer.TryParse(datagram, out var answer))
        {
            return false;
        }

        if (answer.Version != (byte)_finding.Protocol)
        {
            // RFC 6887 §9: whoever does not speak our version answers in his own.
            var speaksOther = _pace == Asking && answer.Result == NatPmpMessage.UnsupportedVersion;
            if (speaksOther)
            {
                Conclude(_finding with { Presence = MappingPresence.Absent, Result = answer.Result });
            }

            return speaksOther;
        }

        return _pace == Asking ? HandlePresence(answer, now) : HandleMapping(answer, now);
    }

    public bool TryTransmit(Span<byte> buffer, out Transmit transmit)
    {
        if (!_isDue)
        {
            transmit = default;
            return false;
        }

        _isDue = false;
        transmit = new(Write(buffer), _local, _gateway);
        return true;
    }

    public bool TryTakeEvent([NotNullWhen(true)] out MappingEvent? happened) => _events.TryDequeue(out happened);

    private int Write(Span<byte> buffer)
    {
        var lifetime = _pace == Mapping ? TestLifetime : 0;
        var suggested = _pace == Mapping ? _port : (ushort)0;
        return (_finding.Protocol, _pace == Asking) switch
        {
            (PortMappingProtocol.NatPmp, true) => NatPmpMessage.WriteAddressRequest(buffer),
            (PortMappingProtocol.NatPmp, false) => NatPmpMessage.WriteMapRequest(buffer, _port, suggested, lifetime),
            (_, true) => PcpMessage.WriteAnnounce(buffer, _local.Address),
            _ => PcpMessage.WriteMapRequest(buffer, _local.Address, _nonce, _port, suggested, lifetime),
        };
    }

    private bool HandlePresence(PortMappingAnswer answer, Instant now)
    {
        if (answer.Opcode != 0)
        {
            return false;
        }

        _finding = _finding with { External = answer.External, Result = answer.Result };
        if (answer.Result == NatPmpMessage.UnsupportedVersion)
        {
            Conclude(_finding with { Presence = MappingPresence.Absent });
        }
        else if (answer.Result != 0)
        {
            Conclude(_finding with { Presence = MappingPresence.Refused });
        }
        else
        {
            Begin(Mapping, now + Hold);
        }

        return true;
    }

    private bool HandleMapping(PortMappingAnswer answer, Instant now)
    {
        var isOurs = answer.Opcode == PcpMessage.MapOpcode
            && (answer.Result != 0 || answer.InternalPort == _port)
            && (answer.Version == 0 || answer.Nonce == _nonce || answer.Nonce == 0);
        if (!isOurs)
        {
            return false;
        }

        if (_pace == Unmapping)
        {
            if (answer.Result == 0 && answer.Lifetime != 0)
            {
                _finding = _finding with { ExternalPort = answer.ExternalPort }; // the answer to the mapping itself, late
                return true;
            }

            Conclude(_finding with { IsCleanedUp = answer.Result == 0 || _finding.ExternalPort == 0 });
        }
        else if (answer.Result != 0)
        {
            Conclude(_finding with { Presence = MappingPresence.Refused, Result = answer.Result });
        }
        else
        {
            var external = answer.External == IpAddress.Any ? _finding.External : answer.External;
            _finding = _finding with { Presence = MappingPresence.Present, ExternalPort = answer.ExternalPort, External = external };
            Begin(Unmapping, now);
        }

        return true;
    }

    private void Begin(TimeSpan[] pace, Instant now) => (_pace, _sent, NextDeadline) = (pace, 0, now);

    private void Conclude(MappingFinding finding)
    {
        (_finding, _isDue, NextDeadline) = (finding, false, Instant.Never);
        _events.Enqueue(new MappingEvent.Concluded(finding));
    }
}
