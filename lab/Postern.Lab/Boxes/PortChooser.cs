using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Lab.Boxes;

/// <summary>Draws outer ports by a NAT's rule.</summary>
internal sealed class PortChooser
{
    private readonly PortAssignment _rule;
    private readonly double _crossTraffic;
    private readonly bool _keepsParity;
    private readonly IRandom _random;
    private readonly Dictionary<IpAddress, int> _blocks = [];
    private readonly HashSet<int> _givenBlocks = [];
    private int _last;
    private Instant? _lastAt;

    public PortChooser(NatRules rules, IRandom random)
    {
        (_rule, _crossTraffic, _keepsParity, _random) = (rules.Ports, rules.CrossTraffic, rules.KeepsParity, random);
        _last = random.Next(_rule.First, _rule.Last + 1);
    }

    private int Size => _rule.Last - _rule.First + 1;

    /// <summary>A free port for a mapping of this inner endpoint; null where there is none.</summary>
    public ushort? Choose(Endpoint inner, Func<int, bool> isFree, Instant now)
    {
        var port = _rule.Rule switch
        {
            PortRuleKind.Kept => IfFits(inner.Port, Fits),
            PortRuleKind.Offset => IfFits(Reduce(inner.Port + _rule.Offset), Fits),
            PortRuleKind.Step => Next(Fits, now),
            PortRuleKind.Block => Block(inner.Address) is { } first ? Any(first, _rule.BlockSize, Fits) : null,
            _ => Any(_rule.First, Size, Fits),
        };
        return (ushort?)port;

        bool Fits(int port) => (!_keepsParity || ((port ^ inner.Port) & 1) == 0) && isFree(port);
    }

    /// <summary>The next mapping begins a new series, as after a restart.</summary>
    public void Forget()
    {
        _blocks.Clear();
        _givenBlocks.Clear();
        _last = _random.Next(_rule.First, _rule.Last + 1);
    }

    private int? IfFits(int port, Func<int, bool> fits) => !_random.Happens(_rule.Taken) && fits(port) ? port : _rule.OnClash switch
    {
        ClashRule.Random => Any(_rule.First, Size, fits),
        ClashRule.Next => Upwards(port, fits),
        _ => null,
    };

    private int? Next(Func<int, bool> fits, Instant now)
    {
        if (_crossTraffic > 0 && _lastAt is { } before)
        {
            _last = Reduce(_last + (_rule.Step * (int)(_random.Poisson(_crossTraffic * (now - before).TotalSeconds) % Size)));
        }

        _lastAt = now;
        for (var i = 0; i < Size; i++)
        {
            _last = Reduce(_last + _rule.Step);
            if (fits(_last))
            {
                return _last;
            }
        }

        return null;
    }

    private int? Upwards(int port, Func<int, bool> fits)
    {
        for (var i = 1; i < Size; i++)
        {
            if (Reduce(port + i) is var next && fits(next))
            {
                return next;
            }
        }

        return null;
    }

    // First by luck, which finds a port at once while half of them are free; then one after another from a random place.
    private int? Any(int first, int size, Func<int, bool> fits)
    {
        for (var i = 0; i < 16; i++)
        {
            if (first + _random.Next(0, size) is var port && fits(port))
            {
                return port;
            }
        }

        var start = _random.Next(0, size);
        for (var i = 0; i < size; i++)
        {
            if (first + ((start + i) % size) is var port && fits(port))
            {
                return port;
            }
        }

        return null;
    }

    private int? Block(IpAddress subscriber)
    {
        if (_blocks.TryGetValue(subscriber, out var first))
        {
            return first;
        }

        var lowest = (_rule.First + _rule.BlockSize - 1) / _rule.BlockSize;
        var beyond = (_rule.Last + 1) / _rule.BlockSize;
        if (_givenBlocks.Count >= beyond - lowest)
        {
            return null;
        }

        int number;
        do
        {
            number = _random.Next(lowest, beyond);
        }
        while (!_givenBlocks.Add(number));
        return _blocks[subscriber] = number * _rule.BlockSize;
    }

    private int Reduce(int port) => _rule.First + ((((port - _rule.First) % Size) + Size) % Size);
}
