using System.Buffers.Binary;
using System.Security.Cryptography;
using Postern.Protocol.Net;

namespace Postern.Lab.Namespaces.Kernel;

/// <summary>The luck of a router: xorshift64* from one seed, so that a run can be repeated; nothing here needs to be secret.</summary>
public sealed class LabRandom(ulong seed) : IRandom
{
    private ulong _state = seed == 0 ? 0x9E37_79B9_7F4A_7C15 : seed;

    /// <summary>The luck of one of many worlds: neighbouring numbers do not begin alike (the finalizer of SplitMix64).</summary>
    public static LabRandom OfWorld(ulong number)
    {
        var mixed = (number + 0x9E37_79B9_7F4A_7C15) * 0xBF58_476D_1CE4_E5B9;
        return new(mixed ^ (mixed >> 31));
    }

    /// <summary>A seed by luck.</summary>
    public static ulong NewSeed() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));

    public void Fill(Span<byte> bytes)
    {
        Span<byte> word = stackalloc byte[8];
        while (!bytes.IsEmpty)
        {
            _state ^= _state >> 12;
            _state ^= _state << 25;
            _state ^= _state >> 27;
            BinaryPrimitives.WriteUInt64LittleEndian(word, _state * 0x2545_F491_4F6C_DD1D);
            var count = Math.Min(8, bytes.Length);
            word[..count].CopyTo(bytes);
            bytes = bytes[count..];
        }
    }
}
