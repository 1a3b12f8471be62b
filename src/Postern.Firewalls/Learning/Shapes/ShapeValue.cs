namespace Postern.Firewalls.Learning.Shapes;

/// <summary>Where a value stands in a line.</summary>
internal readonly record struct ShapeValue(ShapeField Field, ShapeEnd Ends, int Start, int End);
