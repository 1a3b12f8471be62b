using System.Runtime.CompilerServices;

namespace Postern.Tests.Stun;

/// <summary>The files under tests/vectors/stun.</summary>
internal static class Vectors
{
    /// <summary>Bytes in hexadecimal, blanks between them.</summary>
    public static byte[] Hex(string name) => Convert.FromHexString(string.Concat(File.ReadAllText(Find(name + ".hex")).Where(c => !char.IsWhiteSpace(c))));

    /// <summary>value,name,reference, below a line of headings.</summary>
    public static (int Value, string Name, string Reference)[] Registry(string name) =>
        [.. File.ReadAllLines(Find(name + ".csv")).Skip(1).Select(line => line.Split(',')).Select(f => (Number(f[0]), f[1], f[2]))];

    private static int Number(string text) => text.StartsWith("0x", StringComparison.Ordinal) ? Convert.ToInt32(text, 16) : int.Parse(text);

    private static string Find(string name, [CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "vectors", "stun", name);
}
