namespace Postern.Cli.Check;

/// <summary>What was asked of <c>postern check</c>, as it was typed.</summary>
/// <param name="Server">A Postern server, HOST or HOST:PORT; null for the profile's.</param>
/// <param name="Stun">Any STUN server, HOST:PORT; null for the Postern server's.</param>
/// <param name="Port">A fixed UDP port of this computer that is to be judged; null for none.</param>
/// <param name="Samples">How many sockets show how the NAT's ports move.</param>
internal sealed record CheckOptions(string? Server, string? Stun, ushort? Port, int Samples);
