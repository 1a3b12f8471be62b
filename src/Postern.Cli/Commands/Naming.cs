using Postern.Protocol.Switching.Identity;

namespace Postern.Cli.Commands;

/// <summary>Names as people type them.</summary>
internal static class Naming
{
    /// <summary>The form that the switchboard knows; what cannot be a name is a mistake on the command line.</summary>
    public static string Canonical(string typed) =>
        PeerName.TryParse(typed, out var name) ? name : throw new CliException(ExitCode.Usage, PeerName.Rule);
}
