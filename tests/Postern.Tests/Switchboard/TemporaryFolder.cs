namespace Postern.Tests.Switchboard;

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("postern-switchboard-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
