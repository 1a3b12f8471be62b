using System.Threading.Channels;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Frames;

namespace Postern.Net.Tests.Counterparts;

/// <summary>Signalling with a peer that speaks SDP, by hand: what our side says is kept, what the other side says is handed in.</summary>
internal sealed class SdpSignal : ISignal
{
    private readonly TaskCompletionSource<string> _description = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<SignalPayload> _received = Channel.CreateUnbounded<SignalPayload>();
    private readonly Channel<SignalPayload> _later = Channel.CreateUnbounded<SignalPayload>();
    private string _ufrag = "";

    /// <summary>What we say after the description, in its order.</summary>
    public ChannelReader<SignalPayload> Later => _later.Reader;

    /// <summary>Our offer or answer.</summary>
    public Task<string> DescriptionAsync() => _description.Task;

    /// <summary>Whether the description holds all our candidates.</summary>
    public bool IsComplete { get; private set; }

    public void TakeOffer(string sdp) => Take(sdp, SignalKind.Offer);

    public void TakeAnswer(string sdp) => Take(sdp, SignalKind.Answer);

    /// <summary>A trickled candidate; an empty one is their end.</summary>
    public void TakeCandidate(string line) =>
        _received.Writer.TryWrite(line.Length == 0 ? new SignalPayload.EndOfCandidates(_ufrag) : new SignalPayload.Candidate(line, _ufrag));

    public ValueTask SendAsync(SignalPayload payload, CancellationToken cancellationToken)
    {
        if (payload is SignalPayload.Described described)
        {
            IsComplete = described.Description.CandidatesComplete;
            _description.SetResult(SdpText.Write(described.Description));
        }
        else
        {
            _later.Writer.TryWrite(payload);
        }

        return ValueTask.CompletedTask;
    }

    public IAsyncEnumerable<SignalPayload> ReceiveAllAsync(CancellationToken cancellationToken) => _received.Reader.ReadAllAsync(cancellationToken);

    private void Take(string sdp, SignalKind kind)
    {
        SdpText.TryParse(sdp, new(kind, "session", "remote", "local"), out var description).ShouldBe(SdpError.None, sdp);
        _ufrag = description!.IceUfrag;
        _received.Writer.TryWrite(new SignalPayload.Described(description));
    }
}
