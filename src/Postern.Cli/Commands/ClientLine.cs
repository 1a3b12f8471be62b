using System.Runtime.CompilerServices;

namespace Postern.Cli.Commands;

/// <summary>A registered client as a line.</summary>
internal sealed class ClientLine(PosternClient me) : IMeetingLine<PosternSession>
{
    public Task<PosternSession> CallAsync(string name, CancellationToken cancellationToken) => me.ConnectAsync(name, cancellationToken);

    public async IAsyncEnumerable<IMeetingCall<PosternSession>> CallersAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var call in me.IncomingAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return new Call(call);
        }
    }

    private sealed class Call(IncomingSession call) : IMeetingCall<PosternSession>
    {
        public string From => call.From;

        public Task<PosternSession> AcceptAsync(CancellationToken cancellationToken) => call.AcceptAsync(cancellationToken);

        public Task RejectAsync(string reason, CancellationToken cancellationToken) => call.RejectAsync(reason, cancellationToken);
    }
}
