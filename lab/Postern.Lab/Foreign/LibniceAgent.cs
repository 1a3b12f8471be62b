using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Postern.Lab.Foreign;

/// <summary>
/// An ICE agent of libnice in a process of its own (<c>libnice_agent.c</c>): one stream, one component,
/// no DTLS. Its candidates are gathered once it has started.
/// </summary>
internal sealed class LibniceAgent : IAsyncDisposable
{
    private readonly ForeignProcess _process;
    private readonly JsonConversation _talk;
    private readonly TimeSpan _patience;
    private readonly List<string> _candidates = [];
    private readonly List<string> _states = [];
    private readonly List<ForeignPair> _pairs = [];
    private readonly Channel<byte[]> _received = Channel.CreateBounded<byte[]>(10_000);

    private LibniceAgent(ForeignProcess process, TimeSpan patience)
    {
        _process = process;
        _talk = new(process, (byte)'\n');
        _patience = patience;
    }

    /// <summary>The agent's ICE user name fragment.</summary>
    public string Ufrag { get; private set; } = "";

    /// <summary>The agent's ICE password.</summary>
    public string Password { get; private set; } = "";

    /// <summary>All candidates gathered, each as "candidate:...".</summary>
    public IReadOnlyList<string> Candidates => _candidates;

    /// <summary>The component's states so far, in libnice's words.</summary>
    public IReadOnlyList<string> States => _states;

    /// <summary>Every pair that was selected, in order.</summary>
    public IReadOnlyList<ForeignPair> Pairs => _pairs;

    /// <summary>Starts an agent and waits until it has gathered.</summary>
    public static async Task<LibniceAgent> StartAsync(LibniceOptions options)
    {
        string[] command = [await LibniceProgram.PathAsync(), .. Arguments(options)];
        var agent = new LibniceAgent(ForeignProcess.Start(options.Namespace, null, command), options.Patience);
        try
        {
            await agent.GatherAsync(options.Turn);
            return agent;
        }
        catch
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    /// <summary>Tells the other side's credentials and candidates ("candidate:..."); checks begin.</summary>
    public void Connect(string ufrag, string password, IEnumerable<string> candidates)
    {
        _talk.Tell(new() { ["ufrag"] = ufrag, ["pwd"] = password });
        foreach (var candidate in candidates)
        {
            AddCandidate(candidate);
        }
    }

    /// <summary>Adds a trickled candidate.</summary>
    public void AddCandidate(string candidate) => _talk.Tell(new() { ["candidate"] = candidate });

    /// <summary>Tells the end of candidates; only with <see cref="LibniceOptions.Trickle"/> does it matter.</summary>
    public void EndCandidates() => _talk.Tell(new() { ["remote"] = "done" });

    /// <summary>Waits for the state "ready" and returns the pair selected then.</summary>
    public async Task<ForeignPair> ReadyAsync()
    {
        await UntilAsync(() => _states.Contains("ready") && _pairs.Count > 0);
        return _pairs[^1];
    }

    /// <summary>Waits for the first pair that data can take, long before all checks have ended; throws where the agent gives up instead.</summary>
    public async Task SelectedAsync()
    {
        await UntilAsync(() => _pairs.Count > 0 || _states.Contains("failed"));
        if (_pairs.Count == 0)
        {
            throw new InvalidOperationException("libnice found no path.");
        }
    }

    /// <summary>Waits until so many pairs have been selected one after the other.</summary>
    public Task PairsAsync(int count) => UntilAsync(() => _pairs.Count >= count);

    /// <summary>Waits for the state "failed".</summary>
    public Task FailedAsync() => UntilAsync(() => _states.Contains("failed"));

    /// <summary>
    /// Every datagram is sent back instead of reported, from when this returns: a datagram that followed the word at once
    /// might be taken before it where the agent's process has to wait.
    /// </summary>
    public async Task EchoAsync()
    {
        var echoes = false;
        _talk.Tell(new() { ["echo"] = "on" });
        await UntilAsync(() => echoes, said => echoes |= said.TryGetProperty("echo", out _));
    }

    /// <summary>Sends a datagram over the selected pair.</summary>
    public void Send(byte[] datagram) => _talk.Tell(new() { ["send"] = Convert.ToHexStringLower(datagram) });

    /// <summary>Waits for the next datagram.</summary>
    public async Task<byte[]> ReceiveAsync()
    {
        await UntilAsync(() => _received.Reader.Count > 0);
        return await _received.Reader.ReadAsync();
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static IEnumerable<string> Arguments(LibniceOptions options)
    {
        (bool Wanted, string Name)[] switches =
        [
            (options.RelayOnly, "--relay"),
            (options.Aggressive, "--aggressive"),
            (options.Trickle, "--trickle"),
            (options.Consent, "--consent"),
            (options.Renomination, "--renomination"),
        ];
        var local = options.LocalAddress is { } address ? (string[])["--local", address] : [];
        return [options.Controlling ? "controlling" : "controlled", .. switches.Where(s => s.Wanted).Select(s => s.Name), .. local];
    }

    private async Task GatherAsync(TurnCredentials? turn)
    {
        if (turn is not null)
        {
            _talk.Tell(new()
            {
                ["turn"] = turn.Address,
                ["port"] = $"{turn.Port}",
                ["user"] = turn.User,
                ["password"] = turn.Password,
            });
        }

        var gathered = false;
        _talk.Tell(new() { ["gather"] = "now" });
        await UntilAsync(() => gathered, said => gathered |= said.TryGetProperty("gathering", out _));
    }

    /// <summary>Takes what the agent says until the condition holds; one caller at a time.</summary>
    private async Task UntilAsync(Func<bool> condition, Action<JsonElement>? also = null)
    {
        using var limit = new CancellationTokenSource(_patience);
        try
        {
            while (!condition())
            {
                var said = await _talk.Unasked.ReadAsync(limit.Token);
                Take(said);
                also?.Invoke(said);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"libnice is {string.Join(" -> ", _states)} after {_patience.TotalSeconds} s.\n{_process.Complaints}");
        }
    }

    private void Take(JsonElement said)
    {
        string Text(string name) => said.GetProperty(name).GetString()!;
        switch (said.EnumerateObject().First().Name)
        {
            case "ufrag":
                (Ufrag, Password) = (Text("ufrag"), Text("pwd"));
                break;
            case "candidate":
                _candidates.Add(Text("candidate"));
                break;
            case "state":
                _states.Add(Text("state"));
                break;
            case "selected" when _pairs.LastOrDefault() is var last && last != new ForeignPair(Text("local"), Text("remote")):
                _pairs.Add(new(Text("local"), Text("remote")));
                break;
            case "received":
                _received.Writer.TryWrite(Convert.FromHexString(Text("received")));
                break;
            case "error":
                throw new InvalidOperationException($"libnice: {Text("error")}");
        }
    }
}
