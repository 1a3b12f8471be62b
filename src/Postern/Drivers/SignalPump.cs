using System.Threading.Channels;
using Postern.Protocol.Switching.Descriptions;
using Postern.Sessions.Calls;

namespace Postern.Drivers;

/// <summary>Carries a call's signals to the other side and the other side's to the call, in order.</summary>
internal sealed class SignalPump(CallDriver driver, ISignal signal) : IDisposable
{
    private readonly Channel<SignalPayload> _outgoing = Channel.CreateUnbounded<SignalPayload>(new() { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();

    public void Start()
    {
        _ = SendAllAsync();
        _ = ReceiveAllAsync();
    }

    public void Send(SignalPayload payload) => _outgoing.Writer.TryWrite(payload);

    public void Dispose()
    {
        _outgoing.Writer.TryComplete();
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task SendAllAsync()
    {
        try
        {
            await foreach (var payload in _outgoing.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                await signal.SendAsync(payload, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Lose(e);
        }
    }

    private async Task ReceiveAllAsync()
    {
        try
        {
            await foreach (var payload in signal.ReceiveAllAsync(_stop.Token).ConfigureAwait(false))
            {
                driver.Do((call, now) => call.HandleSignal(payload, now));
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (!_stop.IsCancellationRequested)
            {
                Lose(e);
            }
        }
    }

    private void Lose(Exception e)
    {
        var failure = (e as ConnectException)?.Failure switch
        {
            ConnectFailure.PeerOffline => CallFailure.PeerOffline,
            ConnectFailure.WrongIdentity => CallFailure.WrongIdentity,
            ConnectFailure.RefusedByServer => CallFailure.Refused,
            _ => CallFailure.NoPath,
        };
        var reason = e is ConnectException ? e.Message : "The way to the other side's signals is broken.";
        driver.Do((call, now) => call.LoseSignalling(failure, reason, now));
    }
}
