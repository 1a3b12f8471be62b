using Postern.Lab.Namespaces.Routing;

namespace Postern.Cli.Lab;

/// <summary><c>postern lab router</c>: carries packets until it is killed; <c>postern lab up</c> starts it inside a router's network.</summary>
internal static class LabRouter
{
    public static int Run(string file, CancellationToken stop)
    {
        var description = RouterDescription.Read(file == "-" ? Console.In.ReadToEnd() : File.ReadAllText(file));
        using var router = description.Open();
        router.Run(stop);
        return ExitCode.Success;
    }
}
