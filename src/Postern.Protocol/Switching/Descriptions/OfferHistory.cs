namespace Postern.Protocol.Switching.Descriptions;

/// <summary>The offers of one key that <see cref="OfferReplayGuard"/> remembers.</summary>
internal sealed class OfferHistory(long floor)
{
    private const int Bound = 64;

    private readonly HashSet<string> _nonces = [];
    private readonly PriorityQueue<string, long> _byAge = new();
    private long _floor = floor;

    public long LastAdmitted { get; private set; }

    /// <summary>The latest time of issue that passed.</summary>
    public long Newest { get; private set; }

    public DescriptionError Admit(SessionDescription offer, long now)
    {
        if (_nonces.Contains(offer.Nonce))
        {
            return DescriptionError.Replayed;
        }

        if (offer.Issued <= _floor)
        {
            return DescriptionError.Stale;
        }

        if (_nonces.Count == Bound)
        {
            _byAge.TryDequeue(out var oldest, out _floor);
            _nonces.Remove(oldest!);
            if (offer.Issued <= _floor)
            {
                return DescriptionError.Stale;
            }
        }

        _nonces.Add(offer.Nonce);
        _byAge.Enqueue(offer.Nonce, offer.Issued);
        LastAdmitted = now;
        Newest = Math.Max(Newest, offer.Issued);
        return DescriptionError.None;
    }
}
