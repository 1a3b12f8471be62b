using System.CommandLine;

namespace Postern.Cli.Terminal;

/// <summary>A command whose <c>--help</c> goes on with what a manual page would say.</summary>
internal sealed class DocumentedCommand(string name, string description, string manual) : Command(name, description)
{
    /// <summary>Sections in plain text: what it does, files, examples, exit codes.</summary>
    public string Manual => manual;
}
