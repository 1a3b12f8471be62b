using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Boxes;

/// <summary>An inner endpoint and the outer one that it has towards some remote endpoints.</summary>
internal sealed class Mapping(Transport transport, Endpoint inner, Endpoint outer, Instant now)
{
    public Transport Transport { get; } = transport;

    public Endpoint Inner { get; } = inner;

    public Endpoint Outer { get; } = outer;

    /// <summary>What of the remote endpoint it holds for (RFC 4787 §4.1).</summary>
    public Endpoint Towards { get; set; }

    public Instant Made { get; } = now;

    public Instant LastUsed { get; set; } = now;

    public Instant Expires { get; set; } = now;

    public Dictionary<Endpoint, Remote> Remotes { get; } = [];

    /// <summary>Another mapping with the same key inside, where one outer port did not do for all remote endpoints.</summary>
    public Mapping? Sibling { get; set; }

    /// <summary>Another mapping with the same outer endpoint, where the box overloads its ports.</summary>
    public Mapping? Sharer { get; set; }

    public bool IsGone { get; set; }

    public Remote? Find(Endpoint remote, Instant now) => Remotes.TryGetValue(remote, out var found) && found.Expires > now ? found : null;

    /// <summary>Whether any remote endpoint of that address is remembered.</summary>
    public bool Knows(IpAddress address, Instant now)
    {
        foreach (var (endpoint, remote) in Remotes)
        {
            if (endpoint.Address == address && remote.Expires > now)
            {
                return true;
            }
        }

        return false;
    }
}
