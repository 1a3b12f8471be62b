namespace Postern.Net.Tests.Firewalls;

/// <summary>A macro of Shorewall or a service of firewalld, as this machine's package has it.</summary>
/// <param name="Source">"shorewall" or "firewalld".</param>
/// <param name="Name">As the package spells it.</param>
/// <param name="Openings">With those of what it includes.</param>
/// <param name="Helpers">Connection-tracking helpers that it asks for.</param>
internal sealed record PackagedService(string Source, string Name, IReadOnlyList<Opening> Openings, IReadOnlyList<string> Helpers)
{
    public const string Shorewall = "shorewall";
    public const string Firewalld = "firewalld";

    /// <summary>By which a catalogue entry says that it covers this.</summary>
    public string Alias => $"{Source}:{Name}";

    /// <summary>Everything of both packages; skips the test where they are not installed, and with CI=true fails it.</summary>
    public static IReadOnlyList<PackagedService> ReadAll()
    {
        Require(ShorewallMacros.Folder);
        Require(ShorewallMacros.FolderV6);
        Require(FirewalldServices.Folder);
        return [.. ShorewallMacros.ReadAll(), .. FirewalldServices.ReadAll()];
    }

    private static void Require(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        var sentence = $"{folder} is missing: install shorewall, shorewall6 and firewalld.";
        Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", sentence);
        Assert.Fail(sentence);
    }
}
