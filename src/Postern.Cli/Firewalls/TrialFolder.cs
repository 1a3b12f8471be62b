namespace Postern.Cli.Firewalls;

/// <summary>
/// Where a trial of rules keeps its state: under <c>/run</c>, which is as short-lived as the kernel's rules, and one a network
/// namespace, as rules are.
/// </summary>
internal sealed class TrialFolder
{
    private const string Root = "/run/postern";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private TrialFolder(string path) => Path = path;

    public string Path { get; }

    /// <summary>What brings the earlier rules back, for nft.</summary>
    public string Restore => System.IO.Path.Combine(Path, "restore.nft");

    /// <summary>There while the guardian waits. Whoever renames it decides: the keeper by confirming, or the guardian by its clock.</summary>
    public string Pending => System.IO.Path.Combine(Path, "pending");

    public string Confirmed => System.IO.Path.Combine(Path, "confirmed");

    /// <summary>One word: how the last trial ended.</summary>
    public string Outcome => System.IO.Path.Combine(Path, "outcome");

    public static TrialFolder Open()
    {
        var space = new FileInfo("/proc/self/ns/net").LinkTarget ?? ""; // "net:[4026531840]"
        var number = string.Concat(space.Where(char.IsAsciiDigit));
        var path = System.IO.Path.Combine(Root, $"rules-{number}");
        Directory.CreateDirectory(path, OwnerOnly);
        return new(path);
    }
}
