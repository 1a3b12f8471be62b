using System.Diagnostics;
using System.Globalization;

namespace Postern.Cli.Firewalls;

/// <summary>
/// The process that brings the earlier rules back unless somebody confirms the new ones. It is started before the rules, in a
/// session of its own, and is no child of ours: neither a lost terminal nor the death of Postern ends it. While it lives it holds
/// the lock, so that there is one trial at a time.
/// </summary>
internal sealed class TrialGuardian : IDisposable
{
    // Standing in for our binary, which an upgrade may replace meanwhile: a shell, flock(1) and nft. The clock is the machine's
    // uptime, which nobody sets.
    private const string Script = """
        trap '' HUP INT TERM PIPE
        cd "$1" || exit 1
        exec 9>>lock
        flock -n 9 || { echo busy; exit 1; }
        rm -f pending confirmed outcome
        echo locked
        read -r seconds || exit 1
        : >pending
        echo armed
        exec </dev/null >/dev/null 2>&1
        up() { read -r now rest </proc/uptime; echo "${now%.*}"; }
        end=$(($(up) + seconds))
        while [ -e pending ] && [ "$(up)" -lt "$end" ]; do sleep 0.2; done
        if mv pending expired; then
            rm -f expired
            for try in 1 2 3 4 5; do
                nft -f restore.nft && { echo restored >outcome; exit; }
                sleep 1
            done
            echo failed >outcome
        else
            echo kept >outcome
        fi
        """;

    private readonly Process _process;

    private TrialGuardian(Process process) => _process = process;

    /// <summary>Null where another trial is under way.</summary>
    public static async Task<TrialGuardian?> LockAsync(TrialFolder folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("setsid", ["--fork", "sh", "-c", Script, "postern-rules-guard", folder.Path])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var guardian = new TrialGuardian(NftProgram.Start(start));
        var word = await guardian._process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        if (word == "locked")
        {
            return guardian;
        }

        guardian.Dispose();
        return word == "busy" ? null : throw new CliException(ExitCode.Failure, "The guardian of the rules did not start; nothing was changed.");
    }

    /// <summary>From now on it brings the earlier rules back when the time is over.</summary>
    public async Task ArmAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        var seconds = ((long)Math.Ceiling(within.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await _process.StandardInput.WriteLineAsync(seconds.AsMemory(), cancellationToken).ConfigureAwait(false);
        await _process.StandardInput.FlushAsync(cancellationToken).ConfigureAwait(false);
        if (await _process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false) != "armed")
        {
            throw new CliException(ExitCode.Failure, "The guardian of the rules is not armed; nothing was changed.");
        }
    }

    /// <summary>Lets go of it; one that is not armed ends.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.Dispose();
    }
}
