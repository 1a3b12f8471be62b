namespace Postern.Net.Tests.Lab;

/// <summary>What becomes of a packet from inside that opens something.</summary>
internal enum Fate
{
    Silence,
    Refused,
    Arrives,
}
