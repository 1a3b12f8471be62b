using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>
/// How many addresses that nobody signalled are followed in vain. Where both NATs take a new port for each destination and let
/// strangers in, each check comes from a port that is new again: without a bound both sides would chase each other for ever.
/// </summary>
internal sealed class Strangers
{
    /// <summary>More wrong ones than any NAT shows of a peer that can be reached.</summary>
    private const int Most = 16;

    private static readonly TimeSpan Return = TimeSpan.FromSeconds(10);

    private int _followed;
    private Instant _countedAt = Instant.Zero;

    /// <summary>False where there were too many.</summary>
    public bool TryFollow(Instant now)
    {
        var returned = (int)Math.Min(_followed, (now - _countedAt) / Return);
        _followed -= returned;
        _countedAt = _followed == 0 ? now : _countedAt + (returned * Return);
        if (_followed == Most)
        {
            return false;
        }

        _followed++;
        return true;
    }

    /// <summary>One of them was the peer, who may go on moving.</summary>
    public void Forget() => _followed = 0;
}
