using System.Text.Json;

namespace Postern.Net.Tests.Networks;

/// <summary>Counts the packets of one direction that arrive at a host or router, with the addresses that they have on the wire.</summary>
public sealed class Counter
{
    private readonly Host _host;
    private readonly string _name;

    internal Counter(Host host, string name, string match)
    {
        _host = host;
        _name = name;
        host.ApplyRules($$"""
            table inet {{name}} {
                counter seen { }
                chain arrivals {
                    type filter hook prerouting priority raw;
                    {{match}} counter name seen
                }
            }
            """);
    }

    public PacketCount Read()
    {
        using var listing = JsonDocument.Parse(_host.Check("nft", "-j", "list", "counter", "inet", _name, "seen"));
        var counter = listing.RootElement.GetProperty("nftables").EnumerateArray().Last().GetProperty("counter");
        return new(counter.GetProperty("packets").GetInt64(), counter.GetProperty("bytes").GetInt64());
    }
}
