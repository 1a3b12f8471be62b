namespace Postern.Lab.Namespaces.Kernel;

/// <summary>The folders of laboratories, which several programs make and remove at a time: whoever removes the last one takes the common folder with it.</summary>
internal static class LabFolders
{
    private const int Attempts = 10;

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
            catch (DirectoryNotFoundException) when (left > 0)
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
