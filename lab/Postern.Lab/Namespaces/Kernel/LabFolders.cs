namespace Postern.Lab.Namespaces.Kernel;

/// <summary>The folders of laboratories, which several programs make and remove at a time: whoever removes the last one takes the common folder with it.</summary>
internal static class LabFolders
{
    /// <summary>Each fails only where another has removed the common folder within the microseconds of making it: a hundred programs that come and go may do so often, but not without end.</summary>
    private const int Attempts = 1000;

    public static IReadOnlyList<string> Names()
    {
        try
        {
            return [.. Directory.GetDirectories(LabNames.StateFolder).Select(path => Path.GetFileName(path))];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    public static void Make(string lab)
    {
        for (var left = Attempts; ; left--)
        {
            try
            {
                Directory.CreateDirectory(LabNames.Folder(lab));
                return;
            }
            catch (IOException e) when (left > 0 && e is DirectoryNotFoundException or FileNotFoundException) // by the step at which it saw it
            {
                // somebody has just removed the common folder
            }
        }
    }

    public static void Remove(string lab)
    {
        try
        {
            Directory.Delete(LabNames.Folder(lab), recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // it was half-built, or is gone already
        }

        try
        {
            Directory.Delete(LabNames.StateFolder);
        }
        catch (IOException)
        {
            // another laboratory is there, or nothing at all
        }
    }
}
