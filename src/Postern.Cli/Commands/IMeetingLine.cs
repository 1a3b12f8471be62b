namespace Postern.Cli.Commands;

/// <summary>From where one calls and is called: a client, as far as a meeting needs it.</summary>
internal interface IMeetingLine<TSession>
    where TSession : IAsyncDisposable
{
    /// <summary>Throws <see cref="ConnectException"/> where no session comes of it.</summary>
    Task<TSession> CallAsync(string name, CancellationToken cancellationToken);

    IAsyncEnumerable<IMeetingCall<TSession>> CallersAsync(CancellationToken cancellationToken);
}
