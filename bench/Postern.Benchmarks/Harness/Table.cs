namespace Postern.Benchmarks.Harness;

/// <summary>A plain table: a title, how it was measured, one row for each figure.</summary>
internal sealed class Table
{
    private const int Gap = 2;

    private readonly List<string[]> _rows = [];

    public Table(string title, string method, params string[] columns)
    {
        Console.WriteLine($"\n{title}\n  {method}");
        _rows.Add(columns);
    }

    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>The first column is a text, the others are figures.</summary>
    public void Print()
    {
        var widths = Enumerable.Range(0, _rows[0].Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in _rows)
        {
            Console.WriteLine("    " + string.Concat(row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column] + Gap))).TrimEnd());
        }
    }
}
