namespace Postern.Lab.Foreign;

/// <summary>
/// A WebRTC peer that is not ours, in a process of its own, with one ordered reliable data channel "files". Descriptions are
/// handed out complete, without trickle. Every request is bounded in time and throws where the peer refuses it.
/// </summary>
internal interface IForeignPeer : IAsyncDisposable
{
    /// <summary>Opens the channel "files" and returns the SDP of the offer.</summary>
    Task<string> CreateOfferAsync();

    /// <summary>Takes an offer and returns the SDP of the answer; the first channel that the other side opens is accepted, on any further one all is sent back.</summary>
    Task<string> AnswerAsync(string offer);

    /// <summary>Takes the answer to the own offer.</summary>
    Task AcceptAnswerAsync(string answer);

    /// <summary>Adds a trickled candidate ("candidate:..."); an empty text is the end of candidates.</summary>
    Task AddCandidateAsync(string candidate);

    /// <summary>Waits until the channel is open.</summary>
    Task OpenAsync();

    /// <summary>Sends <see cref="PseudoRandomBytes"/> as binary messages of this size with backpressure; the SHA-256 in small hexadecimal digits.</summary>
    Task<string> SendAsync(int bytes, uint seed, int size = 16384);

    /// <summary>Waits for the next so many bytes of binary messages; their SHA-256.</summary>
    Task<string> ReceivedAsync(int bytes);

    /// <summary>Sends one text message.</summary>
    Task SendTextAsync(string text);

    /// <summary>Waits for the next text message.</summary>
    Task<string> ReadTextAsync();

    /// <summary>The pair that ICE selected.</summary>
    Task<ForeignPair> SelectedPairAsync();

    /// <summary>Closes the channel (a stream reset), then the connection.</summary>
    Task CloseAsync();

    /// <summary>Waits until the channel is closed.</summary>
    Task ClosedAsync();
}
