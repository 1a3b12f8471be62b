using Postern.Lab.Boxes;
using Postern.Protocol.Net;

namespace Postern.Lab.Simulator;

/// <summary>One direction of a link as a machine: it says when a packet arrives, or why it does not.</summary>
public sealed class Link(LinkRules rules, IRandom random)
{
    private const int BitsPerByte = 8;

    private Instant _freeAt;
    private Instant _lastArrival;

    /// <summary>May be changed at any time; what is under way stays under way.</summary>
    public LinkRules Rules { get; set; } = rules;

    public long Carried { get; private set; }

    public long Lost { get; private set; }

    /// <summary>Takes a packet of <paramref name="length"/> bytes; the time to live is the caller's affair.</summary>
    /// <param name="length">Bytes of the IP packet.</param>
    /// <param name="now">When it is handed over.</param>
    /// <param name="arrival">When it arrives.</param>
    /// <param name="copy">When its copy arrives; <see cref="Instant.Never"/> where there is none.</param>
    public DropReason Carry(int length, Instant now, out Instant arrival, out Instant copy)
    {
        arrival = copy = Instant.Never;
        var waiting = (_freeAt - now).TotalSeconds * Rules.Rate / BitsPerByte;
        var fate = Rules.IsDown || random.Happens(Rules.Loss) ? DropReason.Lost
            : length > Rules.Mtu ? DropReason.TooBig
            : Rules.Rate > 0 && waiting + length > Rules.Queue ? DropReason.QueueFull
            : DropReason.None;
        if (fate != DropReason.None)
        {
            Lost++;
            return fate;
        }

        Carried++;
        _freeAt = Instant.Max(_freeAt, now) + (Rules.Rate > 0 ? TimeSpan.FromSeconds(length * BitsPerByte / Rules.Rate) : TimeSpan.Zero);
        arrival = _freeAt + Rules.Delay + Jitter();
        if (random.Happens(Rules.Reordering))
        {
            arrival += Rules.ReorderingDelay; // and those behind it do not wait for it
        }
        else
        {
            arrival = _lastArrival = Instant.Max(arrival, _lastArrival);
        }

        copy = random.Happens(Rules.Duplication) ? arrival + Rules.ReorderingDelay : Instant.Never;
        return DropReason.None;
    }

    private TimeSpan Jitter() => Rules.Jitter == TimeSpan.Zero ? TimeSpan.Zero : Rules.Jitter * Math.Abs(random.Normal());
}
