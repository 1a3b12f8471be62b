namespace Postern.Sessions.Dtls.Records;

/// <summary>Which of the last 64 sequence numbers were received (RFC 6347 §4.1.2.6).</summary>
internal struct ReplayWindow
{
    private const int Width = 64;
    private ulong _seen;  // bit i: _top - 1 - i was received
    private ulong _top;   // one above the highest number received

    /// <summary>False where the number was received or is too old to tell. To be asked before the record is authenticated.</summary>
    public readonly bool Admits(ulong sequence)
    {
        if (sequence >= _top)
        {
            return true;
        }

        var age = _top - 1 - sequence;
        return age < Width && (_seen >> (int)age & 1) == 0;
    }

    /// <summary>To be told only after the record was authenticated: a forged number must not move the window.</summary>
    public void Mark(ulong sequence)
    {
        if (sequence < _top)
        {
            _seen |= 1UL << (int)(_top - 1 - sequence);
            return;
        }

        var ahead = sequence + 1 - _top;
        _seen = ahead < Width ? (_seen << (int)ahead) | 1 : 1;
        _top = sequence + 1;
    }
}
