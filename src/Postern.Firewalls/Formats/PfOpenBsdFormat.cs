using Postern.Firewalls.Formats.Pf;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>OpenBSD's packet filter: a file for an anchor, or a whole pf.conf.</summary>
public sealed class PfOpenBsdFormat : IRuleFormat
{
    public string Id => "pf-openbsd";

    public string Title => "pf (OpenBSD)";

    public bool IsVerifiedByTool => false;

    public FormatOutput Write(Policy policy, FormatOptions options) => PfFile.Write(policy, options, PfDialect.OpenBsd);
}
