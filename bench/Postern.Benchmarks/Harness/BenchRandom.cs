using System.Buffers.Binary;
using Postern.Protocol.Net;

namespace Postern.Benchmarks.Harness;

/// <summary>SplitMix64: the same figures on every run.</summary>
internal sealed class BenchRandom(ulong seed) : IRandom
{
    private ulong _state = seed;

    public void Fill(Span<byte> bytes)
    {
        Span<byte> word = stackalloc byte[8];
        while (!bytes.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, Next());
            var take = Math.Min(8, bytes.Length);
            word[..take].CopyTo(bytes);
            bytes = bytes[take..];
        }
    }

    private ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
