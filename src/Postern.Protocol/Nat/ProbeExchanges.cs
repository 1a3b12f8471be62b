using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Nat;

/// <summary>The questions of one family's probe: repeats them, sends them in the order of asking and matches answers to them.</summary>
internal sealed class ProbeExchanges(IRandom random)
{
    private readonly List<ProbeExchange> _all = [];

    public Instant NextDeadline { get; private set; } = Instant.Never;

    /// <summary>Nothing is open any more.</summary>
    public bool IsIdle => NextDeadline == Instant.Never;

    public int Sent { get; private set; }

    /// <summary>Where every question was repeated before its answer came, as far away as it seems.</summary>
    public TimeSpan? RoundTrip => Questions.Min(e => e.RoundTrip) ?? Questions.Min(e => e.LongestRoundTrip);

    private IEnumerable<ProbeExchange> Questions => _all.Where(e => e.Receiver == Endpoint.None);

    public ProbeExchange Ask(Endpoint source, Endpoint destination, ProbePace pace, Instant start, uint change = 0, Endpoint receiver = default)
    {
        var exchange = new ProbeExchange(TransactionId.Draw(random), source, destination, pace, start) { Change = change, Receiver = receiver };
        _all.Add(exchange);
        NextDeadline = Instant.Min(NextDeadline, start);
        return exchange;
    }

    public bool HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now)
    {
        if (StunMessage.TryParse(datagram, out var message) != StunError.None || message.Method != StunMethod.Binding || message.IsClassic)
        {
            return false;
        }

        foreach (var exchange in _all)
        {
            if (exchange.Handle(message, source, destination, now))
            {
                UpdateDeadline();
                return true;
            }
        }

        return false;
    }

    public void HandleDeadline(Instant now)
    {
        foreach (var exchange in _all)
        {
            exchange.Advance(now);
        }

        UpdateDeadline();
    }

    public bool TryTransmit(Span<byte> buffer, out Transmit transmit)
    {
        foreach (var exchange in _all)
        {
            if (exchange.IsDue)
            {
                transmit = new(exchange.Write(buffer), exchange.Source, exchange.Destination);
                Sent++;
                return true;
            }
        }

        transmit = default;
        return false;
    }

    private void UpdateDeadline()
    {
        NextDeadline = Instant.Never;
        foreach (var exchange in _all)
        {
            NextDeadline = Instant.Min(NextDeadline, exchange.NextDeadline);
        }
    }
}
