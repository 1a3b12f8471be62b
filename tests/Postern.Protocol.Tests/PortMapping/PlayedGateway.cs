using Postern.Protocol.Net;
using Postern.Protocol.PortMapping;
using Postern.Tests.Kit;

namespace Postern.Tests.PortMapping;

/// <summary>A probe and a gateway that the test plays, in virtual time.</summary>
internal sealed class PlayedGateway
{
    public const ushort Port = 40001;

    public static readonly Endpoint Local = Endpoint.Parse("192.168.1.10:50000");
    public static readonly Endpoint Gateway = Endpoint.Parse("192.168.1.1:5351");

    private readonly byte[] _buffer = new byte[2048];

    public PlayedGateway(PortMappingProtocol protocol) => Probe = new(protocol, Local, Gateway, Port, new SeededRandom(1), Instant.Zero);

    public MappingProbe Probe { get; }

    /// <summary>What the probe sent, in its order.</summary>
    public List<byte[]> Sent { get; } = [];

    public Instant Now { get; private set; }

    /// <summary>Lets time go on until the probe has concluded; each datagram is answered by the function, or not.</summary>
    public MappingFinding Run(Func<byte[], byte[]?> answer)
    {
        while (true)
        {
            Probe.HandleDeadline(Now);
            while (Probe.TryTransmit(_buffer, out var transmit))
            {
                var request = _buffer[..transmit.Length];
                Sent.Add(request);
                if (answer(request) is { } datagram)
                {
                    Probe.HandleDatagram(datagram, Gateway, Local, Now).ShouldBeTrue();
                }
            }

            if (Probe.TryTakeEvent(out var happened))
            {
                Probe.IsDone.ShouldBeTrue();
                return ((MappingEvent.Concluded)happened).Finding;
            }

            Now = Instant.Max(Now, Probe.NextDeadline);
        }
    }
}
