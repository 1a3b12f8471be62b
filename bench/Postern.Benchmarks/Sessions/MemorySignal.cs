using System.Threading.Channels;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Benchmarks.Sessions;

/// <summary>Signalling between two peers of one process.</summary>
internal sealed class MemorySignal : ISignal
{
    private readonly Channel<SignalPayload> _outgoing;
    private readonly Channel<SignalPayload> _incoming;

    private MemorySignal(Channel<SignalPayload> outgoing, Channel<SignalPayload> incoming)
    {
        _outgoing = outgoing;
        _incoming = incoming;
    }

    public static (MemorySignal A, MemorySignal B) Pair()
    {
        Channel<SignalPayload> forth = Channel.CreateUnbounded<SignalPayload>(), back = Channel.CreateUnbounded<SignalPayload>();
        return (new(forth, back), new(back, forth));
    }

    public ValueTask SendAsync(SignalPayload payload, CancellationToken cancellationToken) => _outgoing.Writer.WriteAsync(payload, cancellationToken);

    public IAsyncEnumerable<SignalPayload> ReceiveAllAsync(CancellationToken cancellationToken) => _incoming.Reader.ReadAllAsync(cancellationToken);
}
