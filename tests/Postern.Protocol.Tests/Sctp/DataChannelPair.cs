using Postern.Sessions.Sctp;

namespace Postern.Tests.Sctp;

/// <summary>Two ends with data channels over a virtual path.</summary>
public sealed class DataChannelPair
{
    public DataChannelPair(ulong seed = 1)
    {
        Pair = new(seed) { TakesEvents = false };
        A = new(Pair.A, isDtlsClient: true);
        B = new(Pair.B, isDtlsClient: false);
        Pair.OnStep = TakeEvents;
    }

    public SctpPair Pair { get; }

    public DataChannels A { get; }

    public DataChannels B { get; }

    public List<DataChannelEvent> EventsOfA { get; } = [];

    public List<DataChannelEvent> EventsOfB { get; } = [];

    public Protocol.Net.Instant Now => Pair.Now;

    public IEnumerable<string> TextsAtB => EventsOfB.OfType<DataChannelEvent.MessageReceived>()
        .Select(message => (message.IsText ? "t:" : "b:") + System.Text.Encoding.UTF8.GetString(message.Payload.Span));

    public DataChannel OpenedAtB(int index = 0) => EventsOfB.OfType<DataChannelEvent.ChannelOpened>().ElementAt(index).Channel;

    public void TakeEvents()
    {
        while (A.TryTakeEvent(out var happened))
        {
            EventsOfA.Add(happened);
        }

        while (B.TryTakeEvent(out var happened))
        {
            EventsOfB.Add(happened);
        }
    }
}
