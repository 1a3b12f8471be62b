using System.Security.Cryptography;
using Postern.Protocol.Net;

namespace Postern.Drivers;

/// <summary>The system's cryptographic random source.</summary>
internal sealed class SystemRandom : IRandom
{
    public static readonly SystemRandom Instance = new();

    public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}
