using Postern.Drivers;
using Postern.Protocol.Net;
using Postern.Transports;

namespace Postern.Cli.Check;

/// <summary>Whether the relay is reached over HTTPS, where UDP does not get out: dialled as a call would dial it, proxies of the environment included.</summary>
internal static class RelayWay
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    public static async Task<Finding> TryAsync(Endpoint server, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        var dial = new SwitchboardDial(new($"ws://{server}/switchboard")).Relay;
        try
        {
            using var socket = await dial.OpenAsync(RelayStream.Prepare, limit.Token).ConfigureAwait(false);
            return new("nat.relay-over-https", CheckVerdict.Ok, $"The relay is reached over HTTPS, at {server}: calls go that way.");
        }
        catch (Exception e) when (SwitchboardDial.IsFailure(e) || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new("nat.relay-over-https", CheckVerdict.Fail, $"The relay is not reached over HTTPS either, at {server}.") { Evidence = e.GetBaseException().Message };
        }
    }
}
