namespace Postern.Protocol.Switching.Descriptions;

/// <summary>Where the sender's NAT has arrived in its counting of ports.</summary>
/// <param name="Last">The last outer endpoint that was given out, ADDRESS:PORT.</param>
/// <param name="Step">Next minus last port.</param>
/// <param name="PerSecond">Ports that other hosts take, as measured until this moment.</param>
/// <param name="Deviation">One standard deviation of that.</param>
public sealed record PortCounter(string Last, int Step, double PerSecond, double Deviation = 0);
