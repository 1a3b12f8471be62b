using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Firewalls.Learning;

public class SmbLearningTests
{
    [Fact]
    public void The_rules_of_smb_are_learnt_from_samba()
    {
        LearningLab.Require("smbd", "smbclient");
        using var lab = new LearningLab();
        var config = Config(lab);
        using var server = lab.Server.Start("smbd", "-F", "--no-process-group", "--debug-stdout", "-s", config);
        var learned = lab.Learn("smb", () => Lists(lab, config), ("client", lab.Client.Address), ("server", lab.Server.Address));
        learned["rules"]!.AsArray().ShouldContain(rule => (string)rule!["destinationPorts"]! == "445");
    }

    private static string Config(LearningLab lab)
    {
        foreach (var name in new[] { "share", "private", "state", "cache", "lock", "pid", "ncalrpc" })
        {
            Directory.CreateDirectory(Path.Combine(lab.Folder, name));
        }

        File.WriteAllText(Path.Combine(lab.Folder, "share", "hello.txt"), "hello\n");
        var path = Path.Combine(lab.Folder, "smb.conf");
        File.WriteAllText(path, $"""
            [global]
            interfaces = 203.0.113.2
            bind interfaces only = yes
            private dir = {lab.Folder}/private
            state directory = {lab.Folder}/state
            cache directory = {lab.Folder}/cache
            lock directory = {lab.Folder}/lock
            pid directory = {lab.Folder}/pid
            ncalrpc dir = {lab.Folder}/ncalrpc
            log file = {lab.Folder}/smb.log
            disable netbios = yes
            load printers = no
            disable spoolss = yes
            map to guest = bad user
            guest account = root
            [share]
            path = {lab.Folder}/share
            guest ok = yes
            """);
        return path;
    }

    private static bool Lists(LearningLab lab, string config) => Enumerable.Range(0, 3).All(_ =>
        lab.Client.Run("smbclient", [$"//{lab.Server.Address}/share", "-N", "-s", config, "-p", "445", "-t", "3", "-c", "ls"], null, 10) is { Succeeded: true } outcome
        && outcome.Output.Contains("hello.txt"));
}
