namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>One rule of a chain.</summary>
/// <param name="RuleId">The policy's rule that it is part of; also its tag.</param>
/// <param name="LogPrefix">Null for silence.</param>
/// <param name="Helper">Of connection tracking; null for none.</param>
internal sealed record KernelRule(string RuleId, Place Place, KernelMatch Match, KernelAction Action, string? LogPrefix = null, string? Helper = null);
