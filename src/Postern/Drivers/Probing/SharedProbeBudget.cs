using Postern.Protocol.Net;
using Postern.Protocol.Probing;

namespace Postern.Drivers.Probing;

/// <summary>
/// One purse for all calls, in a file that all processes of a user share, or in memory where there is no file. Its instants are
/// wall-clock times since the Unix epoch: <see cref="CallBudget"/> translates.
/// </summary>
internal sealed class SharedProbeBudget : IProbeBudget
{
    public const string FileName = "probes";

    /// <summary>What refuses is asked again after this, where another process holds the purse.</summary>
    private static readonly TimeSpan RetryWhenHeld = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a port waits for the purse; a decision takes far less than a millisecond.</summary>
    private static readonly TimeSpan PortPatience = TimeSpan.FromMilliseconds(25);

    /// <summary>Mappings and bans are asked for once in a call, and must be counted.</summary>
    private static readonly TimeSpan OtherPatience = TimeSpan.FromMilliseconds(200);

    /// <summary>Clocks of processes differ by this much at most, unless somebody has set one back.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(2);

    /// <summary>No ban is waited for longer.</summary>
    private static readonly TimeSpan LongestBan = TimeSpan.FromHours(24);

    /// <summary>Nobody knows what was spent: then any address may have had all that its longest usual window allows.</summary>
    private static readonly TimeSpan SafeSilence = ProbeLimits.Polite.Window;

    private readonly Lock _gate = new();
    private readonly string? _file;
    private readonly FileGate? _turn;
    private ProbeBudget _budget = new();
    private bool _isInMemory;
    private Instant _heldUntil = Instant.Zero;

    /// <param name="folder">Where the file lies; null keeps the purse in memory.</param>
    public SharedProbeBudget(string? folder)
    {
        _isInMemory = folder is null;
        _file = folder is null ? null : Path.Combine(folder, FileName);
        _turn = _file is null ? null : new($"{_file}.lock");
        if (folder is not null)
        {
            TryCreate(folder);
        }
    }

    public bool TrySpend(Endpoint destination, ProbeLimits limits, Instant now, out Instant retryAt)
    {
        retryAt = now;
        if (destination.Address.IsLoopback) // no packet leaves this computer
        {
            return true;
        }

        if (IsHeldByOthers(now))
        {
            retryAt = _heldUntil;
            return false;
        }

        var (spent, until) = (false, now);
        if (!TryDecide(PortPatience, now, budget => spent = budget.TrySpend(destination, limits, now, out until)))
        {
            until = _heldUntil = now + RetryWhenHeld;
        }

        retryAt = until;
        return spent;
    }

    public bool NoteServer(Endpoint server, Instant now)
    {
        if (server.Address.IsLoopback || IsHeldByOthers(now))
        {
            return false;
        }

        var isNew = false;
        if (!TryDecide(PortPatience, now, budget => isNew = budget.NoteServer(server, now)))
        {
            _heldUntil = now + RetryWhenHeld;
        }

        return isNew;
    }

    public int TakeMappings(IpAddress target, int wanted, ProbeLimits limits, Instant now)
    {
        var granted = 0;
        return target.IsLoopback ? wanted
            : TryDecide(OtherPatience, now, budget => (granted = budget.TakeMappings(target, wanted, limits, now)) > 0) ? granted
            : 0;
    }

    public bool TryTakeMappings(IpAddress target, int wanted, ProbeLimits limits, Instant now)
    {
        var isGranted = target.IsLoopback;
        return isGranted || (TryDecide(OtherPatience, now, budget => isGranted = budget.TryTakeMappings(target, wanted, limits, now)) && isGranted);
    }

    public void Suspend(Instant until) => TryDecide(OtherPatience, Instant.Never, budget =>
    {
        budget.Suspend(until);
        return true;
    });

    /// <summary>Whoever holds it may have been stopped: nobody waits again and again.</summary>
    private bool IsHeldByOthers(Instant now) => now < _heldUntil && _heldUntil <= now + RetryWhenHeld;

    /// <summary>Loads, decides and stores while nobody else does; false where somebody else did for too long.</summary>
    /// <param name="patience">How long to wait for the purse.</param>
    /// <param name="now">Now; never where it does not matter.</param>
    /// <param name="decide">True where it has changed something.</param>
    private bool TryDecide(TimeSpan patience, Instant now, Func<ProbeBudget, bool> decide)
    {
        lock (_gate)
        {
            if (!_isInMemory)
            {
                try
                {
                    return TryDecideInFile(patience, now, decide);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    _isInMemory = true; // a disk that is full or may not be written: then at least our own calls share one
                }
            }

            Repair(isReadable: true, now);
            decide(_budget);
            return true;
        }
    }

    private bool TryDecideInFile(TimeSpan patience, Instant now, Func<ProbeBudget, bool> decide)
    {
        using var turn = _turn!.TryEnter(patience);
        if (turn is null)
        {
            return false;
        }

        var bytes = StateFiles.Read(_file!, ProbeStateFormat.MostBytes);
        _budget = new();
        var isRepaired = Repair(bytes is null || ProbeStateFormat.TryRead(bytes, _budget), now);
        if (decide(_budget) || isRepaired)
        {
            StateFiles.Replace(_file!, ProbeStateFormat.Write(_budget));
        }

        return true;
    }

    /// <summary>What cannot be read, or comes from the future, is taken for a purse that was just emptied.</summary>
    private bool Repair(bool isReadable, Instant now)
    {
        if (now == Instant.Never || (isReadable && !IsAhead(now)))
        {
            return false;
        }

        _budget = new();
        _budget.Suspend(now + SafeSilence);
        return true;
    }

    private bool IsAhead(Instant now) =>
        _budget.SuspendedUntil > now + LongestBan
        || _budget.Spends.Any(spend => spend.At > now + Skew)
        || _budget.Mappings.Any(made => made.At > now + Skew || made.Count < 0);

    private void TryCreate(string folder)
    {
        try
        {
            StateFiles.CreateFolder(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _isInMemory = true;
        }
    }
}
