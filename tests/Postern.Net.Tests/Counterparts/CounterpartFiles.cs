namespace Postern.Net.Tests.Counterparts;

/// <summary>Where the sources of the counterparts and the vectors lie in the checkout.</summary>
internal static class CounterpartFiles
{
    /// <summary>The root of the checkout: the first folder upwards that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The path of a file below <c>tests/counterparts</c>.</summary>
    public static string Source(string name) => Path.Combine(Root, "tests", "counterparts", name);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Postern.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("The tests run outside the checkout.");
    }
}
