namespace Postern.Drivers.Probing;

/// <summary>Lets one at a time through, over all processes: a file that whoever is inside holds open for itself alone.</summary>
internal sealed class FileGate(string path)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    // What open and flock say of a file that another holds: EAGAIN (Linux), EWOULDBLOCK (BSD), ERROR_SHARING_VIOLATION (Windows).
    private static readonly int[] Held = [11, 35, 32];

    /// <summary>Null where it stays closed for so long. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/> where there can be no such file.</summary>
    public IDisposable? TryEnter(TimeSpan patience)
    {
        for (var left = patience; ; left -= Pause)
        {
            try
            {
                return new FileStream(path, Options());
            }
            catch (IOException e) when (Held.Contains(e.HResult & 0xFFFF))
            {
                if (left <= TimeSpan.Zero)
                {
                    return null;
                }
            }

            Thread.Sleep(Pause);
        }
    }

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = StateFiles.OwnerOnly;
        }

        return options;
    }
}
