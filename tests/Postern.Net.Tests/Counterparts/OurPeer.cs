using System.Net;
using System.Security.Cryptography;
using System.Threading.Channels;
using Postern.Lab.Foreign;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Descriptions;
using Postern.Sessions.Calls;
using Postern.Transports;

namespace Postern.Net.Tests.Counterparts;

/// <summary>
/// Our peer with a foreign one's face: a <see cref="PeerPath"/> in this process whose sockets stand in a network namespace and
/// whose signals are SDP.
/// </summary>
internal sealed class OurPeer : IForeignPeer
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly SdpSignal _signal = new();
    private readonly ConnectOptions _options;
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(55));
    private Task<PeerPath>? _connecting;
    private MessageChannel? _channel;

    /// <param name="network">The namespace to stand in.</param>
    /// <param name="address">Its address there.</param>
    /// <param name="relay">The relay to allocate on.</param>
    /// <param name="relayOnly">Offer and use relayed candidates only.</param>
    /// <param name="trickles">Describe itself before everything is gathered.</param>
    /// <param name="nat">What is known of its NAT, when the relay's server is its STUN server too; null predicts nothing.</param>
    public OurPeer(string network, string address, RelayServer? relay = null, bool relayOnly = false, bool trickles = false, NatReport? nat = null) => _options = new()
    {
        Signal = _signal,
        IsCaller = false,
        GatherFirst = !trickles,
        LocalAddresses = [IPAddress.Parse(address)],
        Relays = relay is null ? [] : [relay],
        RelayOnly = relayOnly,
        NatReport = nat,
        StunServers = nat is null || relay is null ? [] : [new(relay.Server.Address.ToIPAddress(), relay.Server.Port)],
        Timeout = Patience,
        Bind = (local, options) => InNamespace.Run(network, () => UdpTransport.Bind(local, options)),
    };

    /// <summary>The connected path.</summary>
    public PeerPath Path => _connecting!.Result;

    /// <summary>How it is told things, and what it says besides its description.</summary>
    public SdpSignal Signal => _signal;

    /// <summary>The channel "files".</summary>
    public MessageChannel Channel => _channel!;

    public async Task<string> CreateOfferAsync()
    {
        _connecting = PeerPath.ConnectAsync(_options with { IsCaller = true });
        return await _signal.DescriptionAsync().WaitAsync(_limit.Token);
    }

    public async Task<string> AnswerAsync(string offer)
    {
        _signal.TakeOffer(offer);
        _connecting = PeerPath.ConnectAsync(_options);
        return await _signal.DescriptionAsync().WaitAsync(_limit.Token);
    }

    public Task AcceptAnswerAsync(string answer)
    {
        _signal.TakeAnswer(answer);
        return Task.CompletedTask;
    }

    public Task AddCandidateAsync(string candidate)
    {
        _signal.TakeCandidate(candidate);
        return Task.CompletedTask;
    }

    public async Task OpenAsync()
    {
        var path = await ConnectedAsync();
        if (path.Session.IsCaller)
        {
            _channel = path.Session.OpenChannel("files");
            return;
        }

        await using var incoming = path.Session.IncomingChannelsAsync(_limit.Token).GetAsyncEnumerator();
        (await incoming.MoveNextAsync()).ShouldBeTrue();
        _channel = incoming.Current;
        _channel.Label.ShouldBe("files");
    }

    public async Task<string> SendAsync(int bytes, uint seed, int size = 16384)
    {
        var data = PseudoRandomBytes.Make(bytes, seed);
        for (var start = 0; start < bytes; start += size)
        {
            await Channel.SendAsync(data.AsMemory(start, Math.Min(size, bytes - start)), _limit.Token);
        }

        return Convert.ToHexStringLower(SHA256.HashData(data));
    }

    public async Task<string> ReceivedAsync(int bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var received = 0; received < bytes;)
        {
            var message = await Channel.ReceiveAsync(_limit.Token);
            message.IsText.ShouldBeFalse();
            hash.AppendData(message.Bytes.Span);
            received += message.Bytes.Length;
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public async Task SendTextAsync(string text) => await Channel.SendAsync(text, _limit.Token);

    public async Task<string> ReadTextAsync()
    {
        var message = await Channel.ReceiveAsync(_limit.Token);
        message.IsText.ShouldBeTrue();
        return message.Text;
    }

    public Task<ForeignPair> SelectedPairAsync()
    {
        var used = Path.Report.Attempts.Single(attempt => attempt.Outcome == "used");
        return Task.FromResult(new ForeignPair(used.Local.Replace(':', ' '), used.Remote.Replace(':', ' ')));
    }

    public Task CloseAsync() => Path.Session.CloseAsync(_limit.Token);

    public Task ClosedAsync() => Should.ThrowAsync<ChannelClosedException>(async () => await Channel.ReceiveAsync(_limit.Token));

    /// <summary>Tells another peer these candidates, those that are found from now on, and their end where it is not told yet.</summary>
    public async Task ForwardAsync(IForeignPeer to, IReadOnlyList<string> first)
    {
        foreach (var candidate in first)
        {
            await to.AddCandidateAsync(candidate);
        }

        while (!_signal.IsComplete && await _signal.Later.ReadAsync(_limit.Token) is SignalPayload.Candidate candidate)
        {
            await to.AddCandidateAsync(candidate.Line);
        }

        await to.AddCandidateAsync("");
    }

    public async ValueTask DisposeAsync()
    {
        if (_connecting is not null)
        {
            await _limit.CancelAsync();
            await ((Task)_connecting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_connecting.IsCompletedSuccessfully)
            {
                await _connecting.Result.DisposeAsync();
            }
        }

        _limit.Dispose();
    }

    private async Task<PeerPath> ConnectedAsync()
    {
        try
        {
            return await _connecting!;
        }
        catch (ConnectException failure) when (failure.Report is { } report)
        {
            throw new InvalidOperationException($"{failure.Message}\n{string.Join('\n', report.Steps)}\n{string.Join('\n', report.Attempts)}");
        }
    }
}
