using System.Text;

namespace Postern.Tests.Catalogue;

/// <summary>One row of <c>catalogue/facts.csv</c>: a numbered fact of the sources and what carries it.</summary>
/// <param name="Fact">A1 … A44, R1 … R18, S1 … S9, C1 … C5, T1 … T35, and E1 … E11 for the rows of ephemeral ports.</param>
/// <param name="Kind">entry, behaviour, test or ephemeral.</param>
/// <param name="Where">Entry/flow+flow; type, member or file; class.method; system.</param>
/// <param name="Expect">What must be found there; see <see cref="FactExpectation"/>.</param>
/// <param name="Stated">What the source said, where it is kept.</param>
/// <param name="Right">What is right.</param>
/// <param name="Note">For people.</param>
public sealed record FactRow(string Fact, string Kind, string Where, string Expect, string Stated, string Right, string Note)
{
    public override string ToString() => $"{Fact} {Where}";

    public static IReadOnlyList<FactRow> ReadAll()
    {
        var lines = File.ReadAllLines(Path.Combine(CatalogueFiles.Root(), "catalogue", "facts.csv"));
        lines[0].ShouldBe("fact,kind,where,expect,stated,right,note");
        return [.. lines.Skip(1).Select(line => Cells(line)).Select(cells => new FactRow(cells[0], cells[1], cells[2], cells[3], cells[4], cells[5], cells[6]))];
    }

    /// <summary>RFC 4180, one line a row.</summary>
    private static string[] Cells(string line)
    {
        var cells = new List<string>();
        var (cell, isQuoted) = (new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && isQuoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                cell.Append(line[i++]);
            }
            else if (line[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (line[i] == ',' && !isQuoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(line[i]);
            }
        }

        cells.Add(cell.ToString());
        cells.Count.ShouldBe(7, line);
        return [.. cells];
    }
}
