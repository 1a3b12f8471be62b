using System.Net;

namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>What one rule of a chain does.</summary>
internal abstract record KernelAction
{
    private KernelAction()
    {
    }

    public sealed record Accept : KernelAction;

    public sealed record Drop : KernelAction;

    /// <summary>See <see cref="Rules.Verdict.Reject"/>.</summary>
    public sealed record Reject(bool IsAdministrative = false) : KernelAction;

    /// <summary>Leaves our chain: an earlier rule of the policy decides about the packet as it stands, so that it is not translated.</summary>
    public sealed record Leave : KernelAction;

    public sealed record Redirect(IPAddress To, ushort? Port) : KernelAction;

    public sealed record Masquerade : KernelAction;
}
