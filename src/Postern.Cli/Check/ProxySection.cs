using Postern.Discovery;

namespace Postern.Cli.Check;

/// <summary>Proxies that the environment names: whether they are there, and what they do for us.</summary>
internal static class ProxySection
{
    public static async Task<IReadOnlyList<Finding>> FindAsync(CheckTarget? target, CancellationToken cancellationToken)
    {
        var proxies = ProxyVariable.Find(Environment.GetEnvironmentVariable);
        if (proxies.Count == 0)
        {
            return [new("proxy.none", CheckVerdict.Ok, "The environment names no proxy.")];
        }

        var exceptions = Environment.GetEnvironmentVariable("no_proxy") ?? Environment.GetEnvironmentVariable("NO_PROXY");
        return await Task.WhenAll(proxies.Select(proxy => FindAsync(proxy, exceptions, target, cancellationToken))).ConfigureAwait(false);
    }

    private static async Task<Finding> FindAsync(ProxyVariable variable, string? exceptions, CheckTarget? target, CancellationToken cancellationToken)
    {
        var id = $"proxy.{variable.Name}";
        if (variable.Proxy is not { } proxy)
        {
            return new(id, CheckVerdict.Warn, $"{variable.Name} names no proxy: '{variable.Value}'.") { Next = $"unset {variable.Name}" };
        }

        if (target is null)
        {
            return new(id, CheckVerdict.Warn, $"{variable.Name} names {variable.Value}; without a server nothing can be asked of it.");
        }

        var host = new Uri($"postern://{target.Name}").Host;
        var isExcepted = ProxyVariable.IsExcepted(exceptions, host) || target.IsHere;
        var (works, said) = await ProxyTalk.TryAsync(proxy, target.Server ?? target.Stun[0], TimeProvider.System, cancellationToken).ConfigureAwait(false);
        var kind = variable.IsSocks ? "a SOCKS proxy" : "an HTTP proxy";
        return new(id, works || isExcepted ? CheckVerdict.Ok : CheckVerdict.Warn, Sentence(variable, kind, said, isExcepted))
        {
            Evidence = $"{variable.Name}={variable.Value}",
            Next = works || isExcepted ? "" : $"Mend or unset {variable.Name}, or add {host} to no_proxy.",
        };
    }

    private static string Sentence(ProxyVariable variable, string kind, string said, bool isExcepted) => isExcepted
        ? $"{variable.Name} names {kind}, {variable.Value}, but not for this server (no_proxy): {said}."
        : $"{variable.Name} names {kind}, {variable.Value}: {said}. UDP, and so every direct call, does not go through it.";
}
