namespace Postern.Cli.Commands;

/// <summary>Somebody calls.</summary>
internal interface IMeetingCall<TSession>
    where TSession : IAsyncDisposable
{
    string From { get; }

    /// <summary>Throws <see cref="ConnectException"/> where no session comes of it.</summary>
    Task<TSession> AcceptAsync(CancellationToken cancellationToken);

    Task RejectAsync(string reason, CancellationToken cancellationToken);
}
