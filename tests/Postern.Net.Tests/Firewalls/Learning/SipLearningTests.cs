namespace Postern.Net.Tests.Firewalls.Learning;

public class SipLearningTests
{
    [Fact]
    public void The_rules_of_sip_are_learnt_from_calls_of_sipp()
    {
        LearningLab.Require("sipp");
        using var lab = new LearningLab();
        using var server = lab.Server.Start("sipp", "-sn", "uas", "-i", lab.Server.Address, "-p", "5060", "-nostdin");
        var learned = lab.Learn("sip", () => Calls(lab), ("client", lab.Client.Address), ("server", lab.Server.Address));
        var rule = learned["rules"]!.AsArray().Single(rule => (string)rule!["protocol"]! == "udp" && ((string)rule["destinationPorts"]!).Contains("5060"))!;
        ((string)rule["application"]!).ShouldBe("sip");
    }

    [Fact]
    public void The_kernels_own_log_and_a_journal_of_it_teach_the_same()
    {
        LearningLab.Require("sipp", "dmesg");
        KernelLog.Require();
        using var lab = new LearningLab();
        using var server = lab.Server.Start("sipp", "-sn", "uas", "-i", lab.Server.Address, "-p", "5060", "-nostdin");
        lab.LearnFromKernel("sip", () => Calls(lab), ("client", lab.Client.Address), ("server", lab.Server.Address));
    }

    /// <summary>Three calls of an INVITE, an ACK and a BYE each.</summary>
    private static bool Calls(LearningLab lab) => lab.Client.Run(
        "sipp", ["-sn", "uac", $"{lab.Server.Address}:5060", "-i", lab.Client.Address, "-m", "3", "-r", "3", "-d", "200", "-timeout", "6s", "-timeout_error", "-nostdin"], null, 30).Succeeded;
}
