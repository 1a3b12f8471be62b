namespace Postern.Protocol.Switching.Descriptions;

/// <summary>A hole in the sender's NAT, made towards one endpoint of the receiver, and by which of its own ports it was probably made.</summary>
/// <param name="At">The receiver's endpoint, ADDRESS:PORT, for which the hole is.</param>
/// <param name="Address">The sender's outer address.</param>
/// <param name="Ports">The sender's outer port: the likeliest first.</param>
public sealed record OpenedPort(string At, string Address, IReadOnlyList<int> Ports);
