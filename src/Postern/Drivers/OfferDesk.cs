using Postern.Protocol.Switching.Client;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Frames;

namespace Postern.Drivers;

/// <summary>Judges offers before anybody is rung: signed by the pinned key, for us, and never seen before.</summary>
internal sealed class OfferDesk(PosternClientOptions options)
{
    private readonly OfferReplayGuard _replays = new();

    /// <summary>Null where the offer is in order, otherwise one sentence for its sender.</summary>
    public string? Judge(SessionDescription offer, SwitchboardClientEvent.SignalReceived received, string ownName)
    {
        if (options.Contacts.FindKey(received.From) is { } pinned && pinned != received.Key)
        {
            return DescriptionError.WrongKey.Sentence();
        }

        var error = SignedDescription.Verify(offer, new(SignalKind.Offer, received.Session, received.From, ownName, received.Key));
        if (error == DescriptionError.None)
        {
            error = _replays.Admit(offer, received.Key, options.Time.GetUtcNow().ToUnixTimeMilliseconds());
        }

        return error == DescriptionError.None ? null : error.Sentence();
    }
}
