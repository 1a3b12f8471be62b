using Postern.Protocol.Net;

namespace Postern.Protocol.Nat;

/// <summary>What one family's probe has asked so far; the conclusions are drawn from here.</summary>
internal sealed class ProbeFindings(Endpoint server)
{
    public Endpoint Server { get; } = server;

    public ProbeExchange? First { get; set; }

    public ProbeExchange? Neighbour { get; set; }

    /// <summary>RFC 5780 §4.4, test II: answer from the other address and port.</summary>
    public ProbeExchange? FilterBoth { get; set; }

    /// <summary>RFC 5780 §4.4, test III: answer from the other port.</summary>
    public ProbeExchange? FilterPort { get; set; }

    /// <summary>Each neighbour's request to the other's outer endpoint.</summary>
    public List<ProbeExchange> Hairpins { get; } = [];

    /// <summary>The first socket's requests to the server's other endpoints.</summary>
    public List<ProbeExchange> Mappings { get; } = [];

    public List<ProbeExchange> FirstSamples { get; } = [];

    public List<ProbeExchange> SecondSamples { get; } = [];

    public bool IsReached => First is { IsAnswered: true };

    /// <summary>A1:P2, where the server has told that it exists.</summary>
    public Endpoint OtherPort => First is not { IsAnswered: true } first ? Endpoint.None
        : first.OtherAddress != Endpoint.None ? Server with { Port = first.OtherAddress.Port }
        : first.SecondPort != 0 ? Server with { Port = first.SecondPort }
        : Endpoint.None;

    /// <summary>A2:P2, where the server has told that it exists.</summary>
    public Endpoint OtherAddress => First is { IsAnswered: true } first ? first.OtherAddress : Endpoint.None;

    public bool IsTranslated => First is { IsAnswered: true } first && first.Mapped != first.Source;

    /// <summary>The outer endpoints of the first socket, by target.</summary>
    public IEnumerable<ProbeExchange> Seen => Mappings.Prepend(First!).Where(e => e is { IsAnswered: true });

    public IEnumerable<ProbeExchange> Samples => FirstSamples.Concat(SecondSamples).Where(e => e.IsAnswered);

    /// <summary>All questions to the server, in the order of asking; a mapping may be the answer to each.</summary>
    public IEnumerable<ProbeExchange> All =>
        new[] { First, Neighbour, FilterPort, FilterBoth }.OfType<ProbeExchange>().Concat(Mappings).Concat(FirstSamples).Concat(SecondSamples);

    /// <summary>Whether an endpoint of this kind has answered a direct question, so that silence of that kind means something.</summary>
    public bool HasAnswered(Func<Endpoint, bool> kind) => Seen.Any(e => kind(e.Destination));
}
