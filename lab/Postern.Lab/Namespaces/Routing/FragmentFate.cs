using Postern.Lab.Boxes;
using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Namespaces.Routing;

/// <summary>What became of a datagram's first fragment.</summary>
internal readonly record struct FragmentFate(Passage Passage, IpAddress Source, IpAddress Destination)
{
    /// <summary>A later fragment goes the way of the first one, or nowhere. It takes its hop off the time to live as every packet does.</summary>
    public static Passage Follow(FragmentTable<FragmentFate> fragments, ref PacketHeader header, in PacketShape shape, Instant now)
    {
        if (header.TimeToLive <= 1)
        {
            return Passage.Dropped(DropReason.TimeExceeded);
        }

        if (!fragments.TryFind(header, shape, now, out var fate))
        {
            return Passage.Dropped(DropReason.NoFirstFragment);
        }

        if (fate.Passage.Kind is PassageKind.Dropped or PassageKind.Answered)
        {
            return Passage.Dropped(fate.Passage.Reason);
        }

        header.TimeToLive--;
        (header.Source, header.Destination) = (new(fate.Source, 0), new(fate.Destination, 0));
        return fate.Passage;
    }
}
