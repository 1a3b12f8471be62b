using System.Text;
using Postern.Protocol.Net;
using Postern.Protocol.PortMapping;
using Postern.Tests.Kit;

namespace Postern.Tests.PortMapping;

[Collection(nameof(Alone))]
public class PortMappingFuzzTests
{
    private const int Texts = 100_000; // an XML reader is slower than a codec

    [Fact]
    public void No_answer_of_a_gateway_breaks_a_probe()
    {
        var random = new SeededRandom(7);
        var buffer = new byte[2048];
        long taken = 0;
        FuzzRun.Run("port-mapping", datagram =>
        {
            foreach (var protocol in (PortMappingProtocol[])[PortMappingProtocol.NatPmp, PortMappingProtocol.Pcp])
            {
                var probe = new MappingProbe(protocol, PlayedGateway.Local, PlayedGateway.Gateway, PlayedGateway.Port, random, Instant.Zero);
                for (var step = 0; step < 3 && !probe.IsDone; step++)
                {
                    probe.HandleDeadline(probe.NextDeadline);
                    _ = probe.TryTransmit(buffer, out _);
                    taken += probe.HandleDatagram(datagram, PlayedGateway.Gateway, PlayedGateway.Local, Instant.Zero) ? 1 : 0;
                }
            }
        });
        taken.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void No_text_of_a_gateway_breaks_the_reading_of_UPnP()
    {
        var location = new Uri("http://192.168.1.1:5000/rootDesc.xml");
        var found = 0;
        FuzzRun.Run(
            "upnp",
            bytes =>
            {
                var text = Encoding.UTF8.GetString(bytes);
                found += SsdpMessage.Location(bytes) is null ? 0 : 1;
                found += IgdService.Parse(text, location) is null ? 0 : 1;
                _ = IgdAnswer.Parse(text);
            },
            Texts);
        found.ShouldBeGreaterThan(100);
    }
}
