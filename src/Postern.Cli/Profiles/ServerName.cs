namespace Postern.Cli.Profiles;

/// <summary>A server as people write it: HOST or HOST:PORT.</summary>
internal static class ServerName
{
    /// <summary>With its port, the usual one where none is said; throws <see cref="CliException"/> for what is no server.</summary>
    public static string WithPort(string server)
    {
        if (!Uri.TryCreate($"postern://{server}", UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.PathAndQuery is not ("/" or "") || uri.UserInfo.Length > 0)
        {
            throw new CliException(ExitCode.Usage, "A server is HOST or HOST:PORT, such as postern.example:4780.");
        }

        return $"{uri.Host}:{(uri.Port < 0 ? Profile.DefaultPort : uri.Port)}";
    }
}
