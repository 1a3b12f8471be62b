namespace Postern.Discovery;

/// <summary>A proxy that the environment names.</summary>
/// <param name="Name">The variable, as it is written there.</param>
/// <param name="Value">Its text, without the password.</param>
/// <param name="Proxy">Null where the text names no proxy.</param>
internal sealed record ProxyVariable(string Name, string Value, Uri? Proxy)
{
    private static readonly string[] Names = ["http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "socks_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SOCKS_PROXY"];

    public bool IsSocks => Proxy?.Scheme.StartsWith("socks", StringComparison.Ordinal) ?? false;

    /// <summary>Those that are set, each variable once.</summary>
    public static IReadOnlyList<ProxyVariable> Find(Func<string, string?> environment) =>
        [.. Names.Select(name => (Name: name, Value: environment(name))).Where(pair => !string.IsNullOrWhiteSpace(pair.Value)).Select(pair => Parse(pair.Name, pair.Value!.Trim()))];

    /// <summary>Whether the list of exceptions names the host: itself, the end of its name, or "*".</summary>
    public static bool IsExcepted(string? exceptions, string host) => (exceptions ?? "")
        .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Any(word => word == "*" || host.Equals(word, StringComparison.OrdinalIgnoreCase)
            || host.EndsWith($".{word.TrimStart('*').TrimStart('.')}", StringComparison.OrdinalIgnoreCase));

    private static ProxyVariable Parse(string name, string value)
    {
        var text = value.Contains("://", StringComparison.Ordinal) ? value : $"http://{value}";
        return Uri.TryCreate(text, UriKind.Absolute, out var proxy) && proxy.Host.Length > 0 && proxy.Port is > 0 or -1
            ? new(name, $"{proxy.Scheme}://{(proxy.UserInfo.Length > 0 ? "…@" : "")}{proxy.Host}:{Port(proxy)}", proxy)
            : new(name, value, null);
    }

    public static int Port(Uri proxy) => proxy.Port > 0 ? proxy.Port : proxy.Scheme.StartsWith("socks", StringComparison.Ordinal) ? 1080 : 80;
}
