using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Formats;
using Postern.Firewalls.Rules;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Firewalls;

/// <summary>ufw takes every command that is written for it, and makes a rule of it.</summary>
[Trait("part", "net")]
public class UfwTests
{
    /// <summary>ufw itself, asked for one command after the other in one process: as /usr/sbin/ufw does, dry.</summary>
    private const string Driver = """
        import builtins, contextlib, io, shlex, sys
        import ufw.frontend
        builtins._ = str
        sys.argv[0] = '/usr/sbin/ufw' # which it looks at
        def quietly(work):
            said = io.TextIOWrapper(io.BytesIO())
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                answer = work()
                said.flush()
            return answer, said.buffer.getvalue().decode()
        front, _said = quietly(lambda: ufw.frontend.UFWFrontend(True))
        def ask(line):
            asked = ufw.frontend.parse_command(['ufw', '--dry-run'] + shlex.split(line)[1:])
            return front.do_action(asked.action, asked.data.get('rule', ''), asked.data.get('iptype', ''), True)
        for line in open(sys.argv[1]):
            front.backend.rules, front.backend.rules6 = [], [] # each by itself: a long list is slow
            try:
                answer, said = quietly(lambda: ask(line))
            except (Exception, SystemExit) as e:
                print(line.strip() + ': ' + str(e))
                continue
            words = said + answer
            if ('comment' in line and 'Rules updated' not in words) or 'WARN' in words or 'Skip' in words or 'rror' in words:
                print(line.strip() + ': ' + words[-300:])
        """;

    [Fact]
    public void Every_application_is_taken_without_a_warning()
    {
        Leftovers.RequireNamespaces();
        var commands = new HashSet<string>();
        var count = 0;
        foreach (var (_, plan) in ApplicationPlans.All().Concat(ApplicationPlans.Refusals()))
        {
            foreach (var isWhole in new[] { true, false })
            {
                var output = new UfwFormat().Write(plan.Policy, new() { IsWhole = isWhole });
                count += output.Opened > 0 ? 1 : 0;
                commands.UnionWith(output.Files[0].Text.Split('\n').Where(line => line.StartsWith("ufw", StringComparison.Ordinal)));
            }
        }

        count.ShouldBeGreaterThan(ApplicationCatalogue.Embedded.Applications.Count);
        var folder = Directory.CreateTempSubdirectory("postern-ufw-").FullName; // ufw leaves a file behind for each command
        try
        {
            var path = Path.Combine(folder, "commands");
            File.WriteAllLines(path, commands);
            Shell.Try("unshare", ["-n", "env", $"TMPDIR={folder}", "/usr/bin/python3", "-c", Driver, path], seconds: 120).ShouldBe(new Outcome(0, "", ""));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Rules_stand_in_ufw_and_undo_takes_them_away()
    {
        Leftovers.RequireNamespaces();
        var plan = ApplicationPlans.Of(ApplicationCatalogue.Embedded.Find("skype")!, isRouter: true).First().Plan;
        var format = new UfwFormat();
        var output = format.Write(plan.Policy, new());
        var undo = format.Write(plan.Policy, new() { IsUndo = true }).Files.Single().Text;

        var said = InOwnUfw($"""
            ufw allow in from any to any port 22 proto tcp comment 'mine'
            {output.Files[0].Text}
            ufw show added
            echo ---
            {undo}
            ufw show added
            """).Split("---");

        said[0].ShouldContain("ufw route allow in on eth1 out on eth0 from 192.168.1.10 port 14357 to any port 80,443 proto udp comment 'postern:skype:out-udp-web'");
        said[0].Split("postern:skype").Length.ShouldBeGreaterThan(4);
        said[1].ShouldContain("comment 'mine'");
        said[1][said[1].IndexOf("Added user rules", StringComparison.Ordinal)..].ShouldNotContain("postern");
        output.Losses.Select(loss => loss.Why).ShouldContain("ufw has no command that forwards to a host.");
    }

    [Fact]
    public void A_profile_names_the_ports_at_which_a_host_serves()
    {
        Leftovers.RequireNamespaces();
        var profiles = ApplicationPlans.All().SelectMany(next => new UfwFormat().Write(next.Plan.Policy, new()).Files.Skip(1)).DistinctBy(file => file.Name).ToList();
        profiles.Count.ShouldBeGreaterThan(100);
        var written = string.Concat(profiles.Select(file => $"cat >/etc/ufw/{file.Name} <<'END'\n{file.Text}END\n"));
        var asked = InOwnUfw($"{written}\nufw app list; ufw app info all");

        foreach (var file in profiles)
        {
            asked.ShouldContain($"Profile: {file.Name.Split('/')[1]}\n");
        }

        asked.ShouldNotContain("WARN");
    }

    /// <summary>With a copy of ufw's files in the place of the machine's.</summary>
    private static string InOwnUfw(string script)
    {
        var folder = Directory.CreateTempSubdirectory("postern-ufw-").FullName;
        try
        {
            Shell.Run("cp", ["-a", "/etc/ufw/.", folder]);
            return Shell.Run("unshare", ["-nm", "sh", "-ec", $"mount --bind {folder} /etc/ufw\n{script}"]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
