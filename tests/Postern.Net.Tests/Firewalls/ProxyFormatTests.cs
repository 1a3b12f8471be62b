using System.Globalization;
using System.Text;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Formats;
using Postern.Firewalls.Rules;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Firewalls;

/// <summary>Dante's and squid's own checks take what is written for them, without a word.</summary>
[Trait("part", "net")]
public class ProxyFormatTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("user=alice")]
    public void Dante_takes_every_application(string? user)
    {
        using var bench = new FirewallBench();
        var (parts, opened) = (new StringBuilder(), 0);
        FormatOutput? whole = null;
        foreach (var (_, plan) in ApplicationPlans.All())
        {
            var output = new DanteFormat().Write(plan.Policy, new() { Into = user });
            parts.Append(output.Files.Single().Text);
            opened += output.Opened > 0 ? 1 : 0;
            whole = output.Opened == 0 ? whole : new DanteFormat().Write(plan.Policy, new() { Into = user, IsWhole = true });
            if (output.Opened > 0 && opened % 25 == 0)
            {
                Danted(bench, whole!.Files.Single().Text);
            }
        }

        opened.ShouldBeGreaterThan(200);
        var text = whole!.Files.Single().Text;
        Danted(bench, text.Replace("socks block", $"{parts}\nsocks block", StringComparison.Ordinal));
        Check(bench, "danted", ["-V", "-f"], text.Replace("command:", "commnd:", StringComparison.Ordinal)).Succeeded.ShouldBeFalse();
    }

    [Fact]
    public void Squid_takes_every_application()
    {
        using var bench = new FirewallBench();
        var (parts, opened) = (new StringBuilder("http_port 3128\n"), 0);
        foreach (var (_, plan) in ApplicationPlans.All())
        {
            var output = new SquidFormat().Write(plan.Policy, new());
            // Lists of one name grow; two roles of one application are two policies.
            parts.Append(output.Files.Single().Text.Replace("postern_", string.Create(CultureInfo.InvariantCulture, $"p{opened}_"), StringComparison.Ordinal));
            opened += output.Opened > 0 ? 1 : 0;
            if (output.Opened > 0 && opened % 25 == 0)
            {
                Squid(bench, new SquidFormat().Write(plan.Policy, new() { IsWhole = true }).Files.Single().Text);
            }
        }

        opened.ShouldBeGreaterThan(100);
        Squid(bench, parts.Append("http_access deny all\n").ToString());
        Check(bench, "squid", ["-k", "parse", "-f"], parts.ToString().Replace(" port ", " prt ", StringComparison.Ordinal)).Succeeded.ShouldBeFalse();
    }

    [Fact]
    public void A_script_of_undo_leaves_what_is_not_ours()
    {
        Leftovers.RequireNamespaces();
        var plan = ApplicationPlans.Of(ApplicationCatalogue.Embedded.Find("skype")!, isRouter: true).First().Plan;
        foreach (var (format, mine) in new (IRuleFormat, string)[] { (new DanteFormat(), "socks block {\n    from: 0.0.0.0/0 to: 0.0.0.0/0\n}\n"), (new SquidFormat(), "acl SSL_ports port 443\n") })
        {
            var rules = format.Write(plan.Policy, new()).Files.Single().Text;
            rules = rules[(rules.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
            rules.ShouldContain("postern:skype:");
            var path = Path.GetTempFileName();
            try
            {
                File.WriteAllText(path, mine + rules + mine);
                Shell.Run("sh", ["-s", path], format.Write(plan.Policy, new() { IsUndo = true }).Files.Single().Text);
                File.ReadAllText(path).ShouldBe(mine + mine);
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    private static void Danted(FirewallBench bench, string text)
    {
        var outcome = Check(bench, "danted", ["-V", "-f"], text.Replace("logoutput: syslog", "logoutput: stderr", StringComparison.Ordinal));
        Assert.True(outcome is { ExitCode: 0, Errors: "" }, $"{outcome.Errors}\n{text}");
    }

    private static void Squid(FirewallBench bench, string text)
    {
        var outcome = Check(bench, "squid", ["-k", "parse", "-f"], text);
        var said = $"{outcome.Output}{outcome.Errors}".Split('\n').Where(line => line.Contains("WARNING", StringComparison.Ordinal) || line.Contains("ERROR", StringComparison.Ordinal) || line.Contains("FATAL", StringComparison.Ordinal));
        said.ShouldBeEmpty();
        outcome.ExitCode.ShouldBe(0);
    }

    private static Outcome Check(FirewallBench bench, string program, string[] options, string text)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, text);
            return bench.Try(program, [.. options, path], seconds: 90);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
