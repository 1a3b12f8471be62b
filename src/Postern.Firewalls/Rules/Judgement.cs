using System.Net;

namespace Postern.Firewalls.Rules;

/// <summary>What becomes of one packet, and on whose word.</summary>
/// <param name="Verdict">Accept, Drop, Reject or Forward.</param>
/// <param name="Rule">The rule that decided; null where a default, the loopback or the way back did.</param>
/// <param name="Default">The default that decided; null otherwise.</param>
/// <param name="Destination">Where the packet goes on to: another address only where it is forwarded.</param>
/// <param name="DestinationPort">See <paramref name="Destination"/>.</param>
/// <param name="IsHairpin">It goes back to the zone that it came from through the firewall's outer address: its source must be rewritten too.</param>
public sealed record Judgement(
    Verdict Verdict, Rule? Rule, DefaultVerdict? Default, IPAddress Destination, ushort DestinationPort, bool IsHairpin = false)
{
    public bool LetsPass => Verdict.LetsPass;
}
