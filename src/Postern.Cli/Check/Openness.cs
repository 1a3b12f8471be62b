namespace Postern.Cli.Check;

/// <summary>How far calls come from here; the exit code of <c>check</c> says it.</summary>
internal enum Openness
{
    Open,

    /// <summary>Some peers or ways only, or not all could be told.</summary>
    Limited,

    RelayOnly,

    Blocked,
}
