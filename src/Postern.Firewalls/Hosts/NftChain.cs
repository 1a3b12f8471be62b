namespace Postern.Firewalls.Hosts;

/// <summary>A chain of a host's nftables.</summary>
/// <param name="Table">Family and name, as "inet filter".</param>
/// <param name="Type">"filter", "nat" or "route"; null where no hook calls it.</param>
/// <param name="Hook">"input", "forward", …; null where no hook calls it.</param>
/// <param name="Priority">Lower is asked earlier.</param>
/// <param name="DropsRest">What reaches its end is dropped.</param>
public sealed record NftChain(string Table, string Name, string? Type, string? Hook, int Priority, bool DropsRest);
