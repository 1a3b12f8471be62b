using System.ComponentModel;
using System.Diagnostics;
using Postern.Firewalls.Hosts;
using Postern.Firewalls.Rules;
using Postern.Protocol.Net;

namespace Postern.Cli.Check;

/// <summary>Reads this computer's own firewall with its tools; never writes.</summary>
internal sealed class OwnFirewall
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private static readonly string[] UfwFiles = ["/etc/ufw/user.rules", "/etc/ufw/user6.rules"];

    private OwnFirewall(HostFirewall? rules, string missing) => (Rules, Missing) = (rules, missing);

    /// <summary>Null where it could not be read.</summary>
    public HostFirewall? Rules { get; }

    /// <summary>Why it could not be read; empty where it was.</summary>
    public string Missing { get; }

    public static async Task<OwnFirewall> ReadAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new(null, "This system's firewall cannot be read here yet.");
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return new(null, "Only root may read this computer's firewall.");
        }

        var texts = await Task.WhenAll(
            RunAsync("nft", ["-j", "list", "ruleset"], cancellationToken),
            RunAsync("nft", ["-a", "list", "ruleset"], cancellationToken),
            IptablesAsync("iptables", cancellationToken),
            IptablesAsync("ip6tables", cancellationToken)).ConfigureAwait(false);
        if (texts.All(text => text is null))
        {
            return new(null, "Neither nft nor iptables is installed here, so nothing says what rules the kernel has.");
        }

        var ufw = string.Join('\n', UfwFiles.Select(ReadFile));
        return new(new(texts[0] ?? "", texts[1] ?? "", texts[2] ?? "", texts[3] ?? "", ufw), "");
    }

    /// <summary>What would stop a flow that begins here.</summary>
    public IReadOnlyList<FirewallCatch> Outgoing(IpProtocol protocol, Endpoint target) =>
        Rules?.Catches(new(
            "output", target.IsV4 ? IpVersion.V4 : IpVersion.V6, null, Surroundings.InterfaceTowards(target.Address), protocol,
            Surroundings.SourceTowards(target.Address)?.ToIPAddress(), target.Address.ToIPAddress(), null, target.Port)) ?? [];

    /// <summary>What would stop a stranger's datagram to a port of ours.</summary>
    public IReadOnlyList<FirewallCatch> Incoming(IpAddress own, ushort port, string? link) =>
        Rules?.Catches(new(
            "input", own.IsV4 ? IpVersion.V4 : IpVersion.V6, link, null, IpProtocol.Udp, null, own.ToIPAddress(), null, port)) ?? [];

    private static async Task<string?> IptablesAsync(string tool, CancellationToken cancellationToken)
    {
        var text = await RunAsync($"{tool}-save", [], cancellationToken).ConfigureAwait(false);
        var names = ReadFile(tool == "iptables" ? "/proc/net/ip_tables_names" : "/proc/net/ip6_tables_names");
        var isYoung = text is not null && (text.Contains("nf_tables", StringComparison.Ordinal) || !text.Contains('*', StringComparison.Ordinal)); // it says nothing where it has no table
        var isBeside = isYoung && names.Trim().Length > 0;
        return isBeside ? $"{text}\n{IptablesTables.OldMark}\n{await RunAsync($"{tool}-legacy-save", [], cancellationToken).ConfigureAwait(false)}" : text;
    }

    private static async Task<string?> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            try
            {
                var errors = process.StandardError.ReadToEndAsync(limit.Token);
                var output = await process.StandardOutput.ReadToEndAsync(limit.Token).ConfigureAwait(false);
                await errors.ConfigureAwait(false);
                await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
                return process.ExitCode == 0 ? output : null;
            }
            catch (OperationCanceledException)
            {
                process.Kill();
                cancellationToken.ThrowIfCancellationRequested();
                return null;
            }
        }
        catch (Win32Exception)
        {
            return null; // not installed
        }
    }

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
