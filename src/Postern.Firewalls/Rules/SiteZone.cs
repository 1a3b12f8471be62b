namespace Postern.Firewalls.Rules;

/// <summary>A zone, and what the planner must know of it.</summary>
/// <param name="Zone">Which.</param>
/// <param name="IsOutside">Strangers live there; what no binding names is looked for there.</param>
/// <param name="IsTranslated">Its IPv4 addresses are hidden behind the firewall's (NAT): from outside, flows are forwarded to it.</param>
/// <param name="RoutesBack">Its hosts reach each other through the firewall by the interface that they came in by.</param>
public sealed record SiteZone(Zone Zone, bool IsOutside = false, bool IsTranslated = false, bool RoutesBack = false);
