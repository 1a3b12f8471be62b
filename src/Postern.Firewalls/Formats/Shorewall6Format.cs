using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>Files of Shorewall6's configuration: the policy's rules for IPv6.</summary>
public sealed class Shorewall6Format : IRuleFormat
{
    public string Id => "shorewall6";

    public string Title => "Shorewall6";

    public bool IsVerifiedByTool => true;

    public FormatOutput Write(Policy policy, FormatOptions options) => ShorewallFormat.Write(policy, options, IpVersion.V6);
}
