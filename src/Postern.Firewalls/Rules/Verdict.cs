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

    /// <summary>An answer that says no at once: TCP RST, else ICMP "port unreachable".</summary>
    public sealed record Reject : Verdict;

    /// <summary>Handed to a host behind the firewall (DNAT) and accepted. A null port keeps the packet's.</summary>
    public sealed record Forward(IPAddress To, ushort? Port = null) : Verdict;
}
