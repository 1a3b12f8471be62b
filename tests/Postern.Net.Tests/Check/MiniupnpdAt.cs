using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Check;

/// <summary>miniupnpd on the router of a planted world.</summary>
internal static class MiniupnpdAt
{
    /// <param name="world">Whose router.</param>
    /// <param name="permission">A line of its configuration: who may map what.</param>
    /// <param name="outer">The outer address that it tells; null for the real one.</param>
    public static Background Start(CheckWorld world, string permission, string? outer = null)
    {
        RequireMiniupnpd();
        foreach (var chain in (string[])["-t nat -N MINIUPNPD", "-t nat -N MINIUPNPD-POSTROUTING", "-t filter -N MINIUPNPD"])
        {
            world.Router.Run("iptables-legacy", chain.Split(' ')); // it is there from the test before
        }

        var configuration = Path.Combine(world.Folder, "miniupnpd.conf");
        File.WriteAllText(configuration, $"""
            ext_ifname=wan
            listening_ip=lan
            {(outer is null ? "" : $"ext_ip={outer}")}
            enable_natpmp=yes
            enable_upnp=yes
            secure_mode=yes
            uuid=0d1b2c3d-0000-4000-8000-000000000001
            {permission}
            deny 0-65535 0.0.0.0/0 0-65535

            """);
        var daemon = world.Router.Start("miniupnpd", "-d", "-f", configuration, "-P", Path.Combine(world.Folder, "miniupnpd.pid"));
        daemon.WaitFor("HTTP listening on port", 20);
        return daemon;
    }

    /// <summary>Of its two builds the one for iptables: it can share a machine with Shorewall's.</summary>
    private static void RequireMiniupnpd()
    {
        var version = File.Exists("/usr/sbin/miniupnpd") ? Shell.Try("miniupnpd", ["--version"]) : null;
        if (version is null || !(version.Output + version.Errors).Contains("netfilter(iptables)", StringComparison.Ordinal))
        {
            const string Missing = "miniupnpd for iptables is not installed (Debian: miniupnpd-iptables).";
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", Missing);
            Assert.Fail(Missing);
        }
    }
}
