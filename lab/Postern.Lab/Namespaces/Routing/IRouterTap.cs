using Postern.Lab.Boxes;
using Postern.Protocol.Net;

namespace Postern.Lab.Namespaces.Routing;

/// <summary>Sees what passes a router.</summary>
public interface IRouterTap
{
    /// <summary>Whether anybody looks; else nothing is told.</summary>
    bool IsWatched { get; }

    /// <param name="side">Where the packet is.</param>
    /// <param name="isArriving">From the network; else on its way into it.</param>
    /// <param name="packet">As it is there.</param>
    /// <param name="reason">Why it goes no further.</param>
    /// <param name="now">Now.</param>
    void See(RouterSide side, bool isArriving, ReadOnlySpan<byte> packet, DropReason reason, Instant now);

    void Tell(BoxEvent happened);
}
