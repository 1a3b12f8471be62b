using System.Runtime.CompilerServices;
using Postern.Protocol.Net;

namespace Postern.Tests.Kit;

/// <summary>
/// Feeds a parser with mutated seeds from tests/corpora/NAME (every file there is a seed; a find is kept by adding its bytes as a file).
/// Fails on any exception (with the bytes in hexadecimal), and when memory has grown by more than the bound; a case that does not
/// end ends the process.
/// </summary>
public static class FuzzRun
{
    public delegate void Target(ReadOnlySpan<byte> input);

    public const int Cases = 1_000_000;

    // Four bytes a case: the smallest object (24 bytes) kept by every sixth of a million cases is too much.
    private const long GrowthBound = 4 << 20;

    public static void Run(string corpus, Target target, int cases = Cases, ulong seed = 1, int maximumLength = 1600)
    {
        var seeds = Directory.GetFiles(Path.Combine(CorporaFolder(), corpus)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
        seeds.ShouldNotBeEmpty($"tests/corpora/{corpus} has no seeds");
        foreach (var kept in seeds)
        {
            Try(target, kept);
        }

        var random = new SeededRandom(seed);
        var buffer = new byte[maximumLength];
        using var watch = new FuzzWatch(TimeSpan.FromMinutes(1), FuzzWatch.EndProcess);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < cases; i++)
        {
            var origin = seeds[random.Next(0, seeds.Length)];
            var length = Mutate(origin, seeds[random.Next(0, seeds.Length)], buffer, random);
            watch.Begin(buffer, length);
            Try(target, buffer.AsSpan(0, length));
        }

        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(GrowthBound);
    }

    private static int Mutate(byte[] origin, byte[] other, byte[] buffer, SeededRandom random)
    {
        var length = Math.Min(origin.Length, buffer.Length);
        origin.AsSpan(0, length).CopyTo(buffer);
        for (var rounds = random.Next(1, 6); rounds > 0; rounds--)
        {
            switch (random.Next(0, 8))
            {
                case 0 when length > 0: // flip a bit
                    buffer[random.Next(0, length)] ^= (byte)(1 << random.Next(0, 8));
                    break;
                case 1 when length > 0: // an interesting byte
                    buffer[random.Next(0, length)] = (byte)(random.Next(0, 4) switch { 0 => 0, 1 => 0xFF, 2 => 0x7F, _ => random.Next(0, 256) });
                    break;
                case 2 when length > 1: // an interesting 16-bit length
                    var at = random.Next(0, length - 1);
                    var value = random.Next(0, 4) switch { 0 => 0, 1 => 0xFFFF, 2 => length, _ => random.Next(0, 65536) };
                    buffer[at] = (byte)(value >> 8);
                    buffer[at + 1] = (byte)value;
                    break;
                case 3 when length > 0: // cut the tail
                    length = random.Next(0, length);
                    break;
                case 4: // grow the tail
                    var grown = Math.Min(buffer.Length, length + random.Next(1, 64));
                    random.Fill(buffer.AsSpan(length, grown - length));
                    length = grown;
                    break;
                case 5 when length > 0 && other.Length > 0: // splice another seed
                    var from = random.Next(0, other.Length);
                    var to = random.Next(0, length);
                    var count = Math.Min(other.Length - from, buffer.Length - to);
                    other.AsSpan(from, count).CopyTo(buffer.AsSpan(to));
                    length = Math.Max(length, to + count);
                    break;
                case 6 when length > 4: // double or drop a part
                    var start = random.Next(0, length);
                    var part = random.Next(0, length - start);
                    buffer.AsSpan(start, Math.Min(length, buffer.Length - part) - start).CopyTo(buffer.AsSpan(start + part));
                    length = Math.Min(buffer.Length, length + part);
                    break;
                case 7 when length > 0: // noise over a run
                    var begin = random.Next(0, length);
                    random.Fill(buffer.AsSpan(begin, Math.Min(8, length - begin)));
                    break;
            }
        }

        return length;
    }

    private static void Try(Target target, ReadOnlySpan<byte> input)
    {
        try
        {
            target(input);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Threw {e.GetType().Name} on {Convert.ToHexString(input)}", e);
        }
    }

    private static string CorporaFolder([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "corpora"));
}
