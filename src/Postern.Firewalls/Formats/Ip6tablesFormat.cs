using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>A file for <c>ip6tables-restore</c>: the policy's rules for IPv6.</summary>
public sealed class Ip6tablesFormat : IRuleFormat
{
    public string Id => "ip6tables";

    public string Title => "ip6tables (ip6tables-restore)";

    public bool IsVerifiedByTool => true;

    public FormatOutput Write(Policy policy, FormatOptions options) => IptablesFormat.Write(policy, options, IpVersion.V6);
}
