using Postern.Protocol.Switching.Descriptions;

namespace Postern;

/// <summary>How offers, answers and candidates travel between two peers: our switchboard, or anything of yours.</summary>
public interface ISignal
{
    /// <summary>Delivers one signal to the other side, once and in order.</summary>
    ValueTask SendAsync(SignalPayload payload, CancellationToken cancellationToken);

    /// <summary>The other side's signals, in order.</summary>
    IAsyncEnumerable<SignalPayload> ReceiveAllAsync(CancellationToken cancellationToken);
}
