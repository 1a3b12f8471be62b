using Postern.Lab.Boxes;
using Postern.Protocol.Net;

namespace Postern.Lab.Grid.Ladders;

/// <summary>One packet between its beginning and its end.</summary>
internal sealed class Flight(Instant began, int from, LadderKind kind, Endpoint source, Endpoint destination)
{
    public Instant Began { get; } = began;

    public int From { get; } = from;

    public LadderKind Kind { get; } = kind;

    public Endpoint Source { get; } = source;

    public Endpoint Destination { get; } = destination;

    public Endpoint SeenAs { get; set; } = source;

    public Instant Ended { get; set; } = began;

    public int To { get; set; } = from;

    public DropReason Dropped { get; set; }

    public bool IsOver { get; set; }

    /// <summary>Under which it is like another.</summary>
    public (int From, int To, LadderKind Kind, Endpoint Source, Endpoint Destination, Endpoint SeenAs, DropReason Dropped) Likeness =>
        (From, To, Kind, Source, Destination, SeenAs, Dropped);
}
