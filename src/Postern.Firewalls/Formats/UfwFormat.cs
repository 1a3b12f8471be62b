using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Formats.Ufw;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>A script of ufw's commands, and a profile of the ports at which this host serves.</summary>
public sealed class UfwFormat : IRuleFormat
{
    private const string FileName = "postern-ufw.sh";

    public string Id => "ufw";

    public string Title => "ufw";

    public bool IsVerifiedByTool => true;

    public FormatOutput Write(Policy policy, FormatOptions options)
    {
        NoInsertion.Check(options, "ufw has its own chains");
        if (options.IsUndo)
        {
            return new([new(FileName, Undo(policy))], [], 0);
        }

        var texts = ChainTexts.Of(policy, options, options.Versions, UfwRule.Write);
        var lines = new[] { Place.Input, Place.Forward, Place.Output }.SelectMany(texts.Of);
        string[] defaults = ["ufw default deny incoming", "ufw default deny outgoing", "ufw default deny routed"];
        var body = string.Concat((options.IsWhole ? defaults.Concat(lines) : lines).Select(line => $"{line}\n"));
        var head = HeaderComment.Of("#", [.. Head(policy, options, texts), .. options.Remarks], texts.Losses);
        return new([new(FileName, $"#!/bin/sh -e\n{head}\n{body}"), .. UfwProfile.Of(policy.Rules)], texts.Losses, texts.Opened);
    }

    /// <summary>ufw tells its rules as the commands that made them.</summary>
    private static string Undo(Policy policy)
    {
        var applications = policy.Rules.Select(rule => RuleTag.Application(rule.Id)).Append(KernelProgram.DefaultId).Distinct();
        return $$"""
            #!/bin/sh -e
            # Removes what Postern put into ufw for the same applications.
            ufw show added | sed -n \
            {{string.Concat(applications.Select(name => $$"""
                -e "/ comment '{{RuleTag.Prefix}}{{name.Replace(".", "\\.", StringComparison.Ordinal)}}[:']/{s/^ufw route /ufw route delete /;t p" -e "s/^ufw /ufw delete /;:p" -e p -e "}" \

            """)).TrimEnd('\n')}}
                | sh -e

            """;
    }

    private static IEnumerable<string> Head(Policy policy, FormatOptions options, ChainTexts texts)
    {
        yield return options.IsWhole
            ? $"A whole policy for ufw, after 'ufw reset'. Run: sh {FileName}, then: ufw enable"
            : $"A fragment for ufw: rules behind those that stand. Run: sh {FileName}    Remove: the same command with --undo";
        if (policy.IsRouter)
        {
            yield return "ufw lets through what is forwarded only where /etc/ufw/sysctl.conf switches forwarding on.";
        }

        if (texts.Written.FirstOrDefault(rule => rule.Helper is not null) is { } helped)
        {
            yield return $"ufw sets no helper of connection tracking for {RuleTag.Application(helped.RuleId)} ({helped.Helper}); what it opens by its payload stays closed.";
        }

        if (!options.IsWhole && policy.RouteBack.Count > 0)
        {
            yield return $"Only --whole lets all of {string.Join(", ", policy.RouteBack.Select(zone => zone.Name))} back to itself.";
        }
    }
}
