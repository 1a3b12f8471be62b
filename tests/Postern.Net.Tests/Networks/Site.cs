namespace Postern.Net.Tests.Networks;

/// <summary>A private LAN behind its own router.</summary>
/// <param name="Router">Its public address is <see cref="Host.Address"/>.</param>
/// <param name="Clients">The computers on the LAN, which also reach each other directly.</param>
public sealed record Site(Router Router, IReadOnlyList<Host> Clients)
{
    /// <summary>The first of <see cref="Clients"/>.</summary>
    public Host Client => Clients[0];

    /// <summary>The router's address outside.</summary>
    public string PublicAddress => Router.Address;
}
