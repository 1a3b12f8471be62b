namespace Postern.Firewalls.Learning.Shapes;

/// <summary>What lines of one shape have in common up to a value that differs, and what that value is.</summary>
/// <param name="Start">Where the common text begins in the shape's.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Field">What the value is.</param>
/// <param name="Ends">Where the value ends.</param>
internal readonly record struct ShapePart(int Start, int Length, ShapeField Field, ShapeEnd Ends)
{
    public bool IsName => Field is ShapeField.In or ShapeField.Out or ShapeField.Prefix;
}
