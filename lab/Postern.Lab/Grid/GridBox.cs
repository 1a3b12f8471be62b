using Postern.Lab.Boxes.Descriptions;

namespace Postern.Lab.Grid;

/// <summary>A row and a column of the grid.</summary>
/// <param name="Id">The box's id in the catalogue.</param>
/// <param name="Title">What a person calls it.</param>
/// <param name="Summary">What it does.</param>
/// <param name="Kind">Under which heading it stands: "Public", "Nat", "Row", "Firewall" or "Guard".</param>
public sealed record GridBox(string Id, string Title, string Summary, GridBoxKind Kind)
{
    public static GridBox Of(BoxDescription box) => new(box.Id, box.Title, box.Summary, KindOf(box));

    private static GridBoxKind KindOf(BoxDescription box) =>
        box.Row.Count > 0 ? GridBoxKind.Row
        : box.Firewall is { Guards.Count: > 0 } ? GridBoxKind.Guard
        : box.Firewall is not null ? GridBoxKind.Firewall
        : BoxCatalogue.Nat(box) is null ? GridBoxKind.Public
        : GridBoxKind.Nat;
}
