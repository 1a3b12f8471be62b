using Postern.Firewalls.Formats.Pf;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>The packet filter of FreeBSD and macOS: a file for an anchor, or a whole pf.conf.</summary>
public sealed class PfFreeBsdFormat : IRuleFormat
{
    public string Id => "pf-freebsd";

    public string Title => "pf (FreeBSD, macOS)";

    public bool IsVerifiedByTool => false;

    public FormatOutput Write(Policy policy, FormatOptions options) => PfFile.Write(policy, options, PfDialect.FreeBsd);
}
