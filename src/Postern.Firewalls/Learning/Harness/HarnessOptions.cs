using System.Net;

namespace Postern.Firewalls.Learning.Harness;

/// <summary>For whom, where and for how long all is to be logged and let through.</summary>
/// <param name="Hosts">At least one.</param>
/// <param name="Until">When it ends by itself.</param>
/// <param name="Length">How long that is.</param>
/// <param name="IsRouter">Whether the firewall forwards for the host; else it is the host.</param>
/// <param name="Into">The table or chain that it goes into, at its end; null for the format's usual one.</param>
/// <param name="Group">A group of NFLOG, which ulogd reads; null for the kernel's own log.</param>
public sealed record HarnessOptions(IReadOnlyList<IPAddress> Hosts, DateTimeOffset Until, TimeSpan Length, bool IsRouter, string? Into = null, ushort? Group = null)
{
    /// <summary>What begins every line of the log; <c>postern learn --prefix</c> finds them again.</summary>
    public const string Prefix = "postern-learn ";
}
