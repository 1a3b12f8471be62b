namespace Postern.Protocol.Switching.Descriptions;

/// <summary>Many holes in the sender's NAT at random ports of one range, all made towards one endpoint of the receiver.</summary>
/// <param name="At">The receiver's endpoint, ADDRESS:PORT.</param>
/// <param name="Address">The sender's outer address, of several the likeliest.</param>
/// <param name="First">The lowest port that there may be.</param>
/// <param name="Size">How many ports the range has.</param>
/// <param name="Sockets">How many holes were made.</param>
/// <param name="Addresses">All outer addresses over which the holes are spread, where the sender's NAT has several; null for one.</param>
public sealed record PortFan(string At, string Address, int First, int Size, int Sockets, IReadOnlyList<string>? Addresses = null);
