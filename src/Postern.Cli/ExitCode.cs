namespace Postern.Cli;

/// <summary>What the exit status of <c>postern</c> means; documented in <c>docs/exit-codes.md</c>.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>It did not work, for a reason that none of the others names.</summary>
    public const int Failure = 1;

    /// <summary>The command line makes no sense.</summary>
    public const int Usage = 2;

    /// <summary>The peer is not there or does not answer.</summary>
    public const int PeerUnreachable = 3;

    /// <summary>A key, fingerprint or name is not what it must be, or the other side refused.</summary>
    public const int Refused = 4;

    /// <summary>The switchboard cannot be reached.</summary>
    public const int ServerUnreachable = 5;

    /// <summary>The rules would let nothing pass, or refuse nothing: loading them would be in vain.</summary>
    public const int NothingOpened = 6;

    /// <summary>With <c>--strict</c>: something cannot be said exactly, and was left out.</summary>
    public const int Inexact = 7;

    /// <summary>It worked, but what it worked from is incomplete or not all of it is covered.</summary>
    public const int Incomplete = 8;

    /// <summary>A program that is not ours was asked for, and is not installed.</summary>
    public const int ProgramMissing = 9;

    /// <summary><c>check</c>: some ways only, or not all could be told.</summary>
    public const int Limited = 10;

    /// <summary><c>check</c>: every call goes over the relay.</summary>
    public const int RelayOnly = 11;

    /// <summary><c>check</c>: no call gets out.</summary>
    public const int Blocked = 12;

    /// <summary>Ended by Ctrl-C (128 + SIGINT).</summary>
    public const int Interrupted = 130;

    public static int Of(ConnectFailure failure) => failure switch
    {
        ConnectFailure.ServerUnreachable => ServerUnreachable,
        ConnectFailure.RefusedByServer or ConnectFailure.RefusedByPeer or ConnectFailure.WrongIdentity => Refused,
        ConnectFailure.PeerOffline or ConnectFailure.NoPath or ConnectFailure.Timeout => PeerUnreachable,
        _ => Failure,
    };
}
