namespace Postern.Net.Tests.Networks;

/// <summary>A host that forwards: a site's router, or the core between all sites. Each forwarding takes one off the TTL.</summary>
public sealed class Router : Host
{
    internal Router(Network network, string name)
        : base(network, name)
    {
    }

    /// <summary>Drops UDP in both directions between two addresses or prefixes until the answer is disposed.</summary>
    public IDisposable BlockUdp(string one, string other)
    {
        var family = one.Contains(':') ? "ip6" : "ip";
        var table = NextTable("block");
        ApplyRules($$"""
            table inet {{table}} {
                chain forward {
                    type filter hook forward priority filter - 1;
                    {{family}} saddr {{one}} {{family}} daddr {{other}} meta l4proto udp drop
                    {{family}} saddr {{other}} {{family}} daddr {{one}} meta l4proto udp drop
                }
            }
            """);
        return new Block(this, table);
    }

    private sealed class Block(Router router, string table) : IDisposable
    {
        public void Dispose() => router.Check("nft", "delete", "table", "inet", table);
    }
}
