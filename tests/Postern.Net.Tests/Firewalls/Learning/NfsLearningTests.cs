using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Firewalls.Learning;

/// <summary>Files written and read by libnfs at a server of nfs-ganesha: the kernel's own client and server need not be there.</summary>
public class NfsLearningTests
{
    [Fact]
    public void The_rules_of_nfs_4_are_learnt_from_ganesha_and_libnfs()
    {
        var learned = Learn("nfs", 4);
        var rule = learned.ShouldHaveSingleItem();
        ((string)rule["id"]!).ShouldBe("nfs:data");
        ((string)rule["destinationPorts"]!).ShouldBe("2049");
    }

    [Fact]
    public void The_rules_of_nfs_3_are_learnt_with_port_mapper_and_mount_service()
    {
        var learned = Learn("nfs3", 3);
        learned.Select(rule => (string)rule["destinationPorts"]!).SelectMany(ports => ports.Split(',')).Select(int.Parse).Order().ShouldBe([111, 2049, 20048]);
        learned.ShouldAllBe(rule => (string)rule["application"]! == "nfs3");
    }

    private static System.Text.Json.Nodes.JsonNode[] Learn(string application, int version)
    {
        LearningLab.Require("ganesha.nfsd", "rpcbind", "nfs-cp", "nfs-cat");
        Assert.SkipUnless(File.Exists("/usr/lib/x86_64-linux-gnu/ganesha/libfsalmem.so") || Environment.GetEnvironmentVariable("CI") == "true", "nfs-ganesha-mem is not installed.");
        using var lab = new LearningLab();
        using var server = lab.Server.Start("sh", "-c", Server, lab.Server.Address, Config(lab));
        server.WaitFor("NFS SERVER INITIALIZED", 30);
        return [.. lab.Learn(application, () => Copies(lab, version), ("client", lab.Client.Address), ("server", lab.Server.Address))["rules"]!.AsArray().Select(rule => rule!)];
    }

    /// <summary>Both keep sockets and notes under /run, of which this computer alone has another (ip netns gives it mounts of its own).</summary>
    private const string Server = """
        mount -t tmpfs tmpfs /run && mkdir /run/ganesha /run/rpcbind || exit 1
        rpcbind -f -h "$0" &
        until [ -S /run/rpcbind.sock ]; do sleep 0.1; done
        ganesha.nfsd -F -f "$1" -L STDOUT -p /run/ganesha.pid
        """;

    private static string Config(LearningLab lab)
    {
        var recovery = Directory.CreateDirectory(Path.Combine(lab.Folder, "recovery"));
        var path = Path.Combine(lab.Folder, "ganesha.conf");
        File.WriteAllText(path, $$"""
            NFS_CORE_PARAM {
                Bind_addr = {{lab.Server.Address}}; Protocols = 3, 4; NFS_Port = 2049; MNT_Port = 20048;
                Enable_NLM = false; Enable_RQUOTA = false; Enable_UDP = false;
            }
            NFSv4 { Graceless = true; RecoveryBackend = fs_ng; RecoveryRoot = {{recovery.FullName}}; }
            MEM { Inode_Size = 65536; }
            EXPORT {
                Export_Id = 1; Path = /export; Pseudo = /export; Access_Type = RW; Squash = None; SecType = sys; Protocols = 3, 4;
                FSAL { Name = MEM; }
            }

            """);
        return path;
    }

    /// <summary>A file goes there and comes back, three times.</summary>
    private static bool Copies(LearningLab lab, int version)
    {
        var file = Path.Combine(lab.Folder, "letter.txt");
        // A few kilobytes: the nfs-cp of libnfs 4.0.0 fails to write more by NFS 4.
        var words = string.Concat(Enumerable.Range(0, 300).Select(i => $"line {i}\n"));
        File.WriteAllText(file, words);
        return Enumerable.Range(1, 3).All(_ =>
        {
            var url = $"nfs://{lab.Server.Address}/export/{Path.GetRandomFileName()}?version={version}"; // nfs-cp writes over nothing
            return lab.Client.Run("nfs-cp", [file, url], null, 5).Succeeded && lab.Client.Run("nfs-cat", [url], null, 5) is { Succeeded: true } outcome && outcome.Output == words;
        });
    }
}
