namespace Postern.Firewalls.Learning.Shapes;

/// <summary>Where a value of a line ends.</summary>
internal enum ShapeEnd : byte
{
    /// <summary>Before a blank or with the text.</summary>
    Word,

    /// <summary>Before a quotation mark; a value with a backslash has no shape.</summary>
    String,

    /// <summary>Before a comma, a blank or a brace.</summary>
    Number,
}
