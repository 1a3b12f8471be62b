using Postern.Net.Tests.Networks;

namespace Postern.Tests.Commands;

/// <summary>Somebody who types <c>./postern</c>, in a home of their own.</summary>
internal sealed class Person : IDisposable
{
    /// <summary>Seconds; long, since a busy machine may have to build first.</summary>
    private const double Patience = 120;

    private readonly string _home = Directory.CreateTempSubdirectory("postern-person-").FullName;

    public Outcome Run(params string[] arguments)
    {
        using var process = Start(arguments);
        process.CloseInput();
        return process.WaitForExit(Patience);
    }

    public Background Start(params string[] arguments) => new(PosternProgram.Path, arguments, PosternProgram.HomeIn(_home));

    public void Dispose() => Directory.Delete(_home, recursive: true);
}
