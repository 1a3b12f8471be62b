using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Turn;

namespace Postern.Tests.Calls;

/// <summary>The production relay and Binding server at one public address of the world.</summary>
internal sealed class RelayNode : INode
{
    private readonly Site _site;
    private readonly BindingServer _binding;
    private readonly byte[] _buffer = new byte[65536];
    private readonly IpAddress _address;

    public RelayNode(World world, Site site, string address, LongTermOptions credentials)
    {
        _site = site;
        _address = IpAddress.Parse(address);
        Listening = new(_address, 3478);
        Relay = new(world.Random, new() { Credentials = credentials, Listening = [Listening], RelayV4 = _address, Peers = new PeerPolicy(allow: [IpPrefix.Parse("198.18.0.0/15")]) });
        _binding = new((_, _, _) => true, BindingSites.OneAddress(Listening, 3479));
        site.Nodes.Add(this);
    }

    public Endpoint Listening { get; }

    public Relay Relay { get; }

    public Instant NextDeadline => Relay.NextDeadline;

    public bool Owns(IpAddress address) => address == _address;

    public void HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now)
    {
        if (!_binding.HandleDatagram(datagram, source, destination, now))
        {
            Relay.HandleDatagram(datagram, source, destination, now);
        }

        Drain(now);
    }

    public void HandleDeadline(Instant now)
    {
        Relay.HandleDeadline(now);
        Drain(now);
    }

    private void Drain(Instant now)
    {
        bool more;
        do
        {
            more = false;
            while (Relay.TryTransmit(_buffer, out var transmit) || _binding.TryTransmit(_buffer, out transmit))
            {
                _site.Send(_buffer.AsSpan(0, transmit.Length), transmit.Source, transmit.Destination, 0);
            }

            while (Relay.TryTakeEvent(out var happened))
            {
                if (happened is RelayEvent.OpenSocket open)
                {
                    Relay.SocketOpened(open.Relayed, now);
                }

                more = true;
            }
        }
        while (more);
    }
}
