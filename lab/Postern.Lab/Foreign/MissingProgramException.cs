namespace Postern.Lab.Foreign;

/// <summary>A program of others is not on this machine; the message says in one sentence which Debian package brings it.</summary>
public sealed class MissingProgramException : Exception
{
    public MissingProgramException(string message)
        : base(message)
    {
    }

    public MissingProgramException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Of several packages the ones that are missing.</summary>
    /// <param name="wanted">Who wants it.</param>
    /// <param name="packages">Of Debian.</param>
    internal static MissingProgramException Of(string wanted, IReadOnlyCollection<string> packages) =>
        new($"{wanted} cannot run on this machine: install the Debian package{(packages.Count == 1 ? "" : "s")} {string.Join(" and ", packages)}.");
}
