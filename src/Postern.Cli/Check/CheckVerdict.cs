namespace Postern.Cli.Check;

/// <summary>How a finding is meant.</summary>
internal enum CheckVerdict
{
    Ok,

    /// <summary>It limits something, or may.</summary>
    Warn,

    /// <summary>It stops something that is needed.</summary>
    Fail,
}
