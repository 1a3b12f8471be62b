using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>Checks from a peer whose credentials are not known yet, or to a base that is not: one per address pair, 32 in all.</summary>
internal sealed class EarlyChecks
{
    private const int Capacity = 32;

    private readonly List<EarlyCheck> _checks = [];

    public bool TryAdd(in EarlyCheck early)
    {
        for (var i = 0; i < _checks.Count; i++)
        {
            if (_checks[i].Local == early.Local && _checks[i].Remote == early.Remote)
            {
                _checks[i] = early;
                return true;
            }
        }

        if (_checks.Count == Capacity)
        {
            return false;
        }

        _checks.Add(early);
        return true;
    }

    /// <summary>The oldest check that came to this base.</summary>
    public bool TryTake(Endpoint local, out EarlyCheck early)
    {
        for (var i = 0; i < _checks.Count; i++)
        {
            if (_checks[i].Local == local)
            {
                early = _checks[i];
                _checks.RemoveAt(i);
                return true;
            }
        }

        early = default;
        return false;
    }

    public void Clear() => _checks.Clear();
}
