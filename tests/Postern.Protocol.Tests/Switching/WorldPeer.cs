using Postern.Protocol.Net;
using Postern.Protocol.Switching.Client;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Server;

namespace Postern.Tests.Switching;

/// <summary>A client in a <see cref="SwitchboardWorld"/> and everything that it has told.</summary>
internal sealed class WorldPeer(SwitchboardClient client)
{
    public SwitchboardClient Client { get; } = client;

    public ConnectionId Connection { get; set; }

    public List<(Instant At, SwitchboardClientEvent Event)> Events { get; } = [];

    public IEnumerable<T> All<T>()
        where T : SwitchboardClientEvent => Events.Select(entry => entry.Event).OfType<T>();

    /// <summary>The sentences of the goodbyes received, which tests use as numbered messages.</summary>
    public IEnumerable<string> Heard => All<SwitchboardClientEvent.SignalReceived>().Select(signal => ((SignalPayload.Bye)signal.Payload).Sentence!);
}
