using System.Diagnostics;
using Postern.Net.Tests.Networks;

namespace Postern.Tests.Repository;

/// <summary>
/// Types commands as the reader of a page would, one after another, in a home of its own; as root also in a network of its
/// own, so that its ports are nobody else's. What runs on and on is left running until the end, and must then end on Ctrl-C.
/// </summary>
internal sealed class Terminal : IDisposable
{
    private const double Patience = 30;

    private readonly string _home = Directory.CreateTempSubdirectory("postern-home-").FullName;
    private readonly Func<string, bool> _runsOn;
    private readonly List<(Transcript.Step Step, Background Process)> _running = [];
    private readonly Background? _network;

    /// <param name="runsOn">Whether a command does not end by itself.</param>
    public Terminal(Func<string, bool> runsOn)
    {
        _runsOn = runsOn;
        if (OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess)
        {
            _network = new("unshare", ["--net", "bash", "-c", """
                ip link set lo up && ip link add eth0 type veth peer name internet && ip addr add 192.0.2.10/24 dev eth0 &&
                ip link set internet up && ip link set eth0 up && ip route add default via 192.0.2.1 && echo ready && exec sleep infinity
                """]);
            _network.WaitFor("ready");
        }
    }

    /// <summary>Types the command and fails when it prints something else than its page says, or does not succeed.</summary>
    public void Type(Transcript.Step step)
    {
        var process = Start(step.Command);
        if (!_runsOn(step.Command))
        {
            using (process)
            {
                process.CloseInput();
                Judge(step, process.WaitForExit(Patience), 0);
            }

            return;
        }

        _running.Add((step, process));
        var waited = Stopwatch.StartNew();
        while (!Transcript.Matches(step.Expected, process.Output))
        {
            if (process.HasExited || waited.Elapsed.TotalSeconds > Patience)
            {
                Judge(step, process.WaitForExit(0), 0);
            }

            Thread.Sleep(50);
        }
    }

    /// <summary>Ctrl-C to all that still runs, last first; each must end as Ctrl-C ends it and have printed what its page says.</summary>
    public void Interrupt()
    {
        foreach (var (step, process) in Enumerable.Reverse(_running))
        {
            Judge(step, process.Interrupt(Patience), 0, 130);
        }
    }

    public void Dispose()
    {
        foreach (var (_, process) in _running)
        {
            process.Dispose();
        }

        ForgetTrials();
        _network?.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    /// <summary>What a trial of rules leaves under /run goes with its network: another may have the same number later.</summary>
    private void ForgetTrials()
    {
        var space = _network is null ? null : new FileInfo($"/proc/{_network.Id}/ns/net").LinkTarget;
        var folder = $"/run/postern/rules-{string.Concat((space ?? "").Where(char.IsAsciiDigit))}";
        if (space is not null && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Standard error goes where standard output goes, as on a terminal; "exec" puts the command itself under our Ctrl-C.
    private Background Start(string command)
    {
        var ours = command.Replace("sudo ", "", StringComparison.Ordinal); // root needs none, and it may not be there
        string[] typed = ["bash", "-c", $"cd '{Checkout.Root}' && exec 2>&1 && {(_runsOn(command) ? "exec " : "")}{ours}"];
        return _network is null
            ? new(typed[0], typed[1..], PosternProgram.HomeIn(_home))
            : new("nsenter", [$"--target={_network.Id}", "--net", .. typed], PosternProgram.HomeIn(_home));
    }

    private static void Judge(Transcript.Step step, Outcome outcome, params int[] codes)
    {
        var said = $"line {step.Line}: $ {step.Command}\nended with code {outcome.ExitCode} and printed\n{outcome.Output}{outcome.Errors}";
        outcome.ExitCode.ShouldBeOneOf(codes, said);
        Transcript.Matches(step.Expected, outcome.Output).ShouldBeTrue($"{said}where its page says\n{step.Expected}");
    }
}
