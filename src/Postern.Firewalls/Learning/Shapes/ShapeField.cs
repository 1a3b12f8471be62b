namespace Postern.Firewalls.Learning.Shapes;

/// <summary>What a value of a line is to its reader.</summary>
internal enum ShapeField : byte
{
    /// <summary>Nothing: it may be anything.</summary>
    Free,

    /// <summary>It decides what the line is: lines of one shape have it in common.</summary>
    Fixed,

    In, Out, Prefix, Source, Destination, SourcePort, DestinationPort, Moment,
}
