using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>The language of one firewall.</summary>
public interface IRuleFormat
{
    /// <summary>As typed after <c>--format</c>.</summary>
    string Id { get; }

    string Title { get; }

    /// <summary>Whether our tests have the real tool accept every output; else the output says that they do not.</summary>
    bool IsVerifiedByTool { get; }

    /// <summary>Writes the policy. What the format cannot say exactly is left out and listed, never widened.</summary>
    FormatOutput Write(Policy policy, FormatOptions options);
}
