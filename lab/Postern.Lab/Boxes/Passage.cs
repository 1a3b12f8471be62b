namespace Postern.Lab.Boxes;

/// <summary>What a box did with a packet, and why.</summary>
public readonly record struct Passage(PassageKind Kind, DropReason Reason = DropReason.None)
{
    public static readonly Passage Passed = new(PassageKind.Passed);

    public static readonly Passage TurnedRound = new(PassageKind.TurnedRound);

    public static Passage Dropped(DropReason reason) => new(PassageKind.Dropped, reason);

    public static Passage Answered(DropReason reason) => new(PassageKind.Answered, reason);
}
