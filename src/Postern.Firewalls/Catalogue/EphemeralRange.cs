using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Catalogue;

/// <summary>The ports that a system gives to a socket that asks for none, unless its keeper changed it.</summary>
/// <param name="System">Short name, as typed: "linux", "windows".</param>
/// <param name="Title">Which systems and versions.</param>
/// <param name="Ports">What is right.</param>
/// <param name="Source">Who says so.</param>
/// <param name="Stated">What the article of the sources gave, where that is another range or the same; null where it gave none.</param>
/// <param name="Note">What else is to be known; empty for nothing.</param>
public sealed record EphemeralRange(string System, string Title, PortSet Ports, string Source, PortSet? Stated = null, string Note = "")
{
    /// <summary>Whether the article and the truth differ.</summary>
    public bool IsCorrected => Stated is not null && !Stated.Equals(Ports);
}
