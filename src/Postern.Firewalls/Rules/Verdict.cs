using System.Net;

namespace Postern.Firewalls.Rules;

/// <summary>What becomes of a packet.</summary>
public abstract record Verdict
{
    private Verdict()
    {
    }

    /// <summary>Whether the packet goes on.</summary>
    public bool LetsPass => this is Accept or Forward;

    public sealed record Accept : Verdict;

    /// <summary>Silence; the sender waits until it gives up.</summary>
    public sealed record Drop : Verdict;

    /// <summary>An answer that says no at once: TCP RST, else ICMP.</summary>
    /// <param name="IsAdministrative">
    /// Whether ICMP says "communication administratively prohibited" (RFC 1812 §5.2.7.1, RFC 4443 §3.1), and not that the port is closed:
    /// then an application can know that somebody does not want it.
    /// </param>
    public sealed record Reject(bool IsAdministrative = false) : Verdict;

    /// <summary>Handed to a host behind the firewall (DNAT) and accepted. A null port keeps the packet's.</summary>
    /// <remarks>
    /// Its match is about the packet as it arrives: for <see cref="Zone.Self"/>, with an address of the firewall as its destination.
    /// </remarks>
    public sealed record Forward(IPAddress To, ushort? Port = null) : Verdict
    {
        public IpVersion Version => AddressRange.Number(To).Version;
    }
}
