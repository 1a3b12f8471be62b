using Postern.Protocol.Net;

namespace Postern.Tests.Nat;

/// <summary>
/// Two hosts, each behind its box, that check every endpoint they know of the other, as ICE agents do: a request's source is
/// learnt (peer-reflexive), and a response counts only from where the request went (RFC 8445 §7.2.5.2.1).
/// </summary>
public sealed class PunchSimulation
{
    private const int Rounds = 8;
    private static readonly Endpoint Server = Endpoint.Parse("203.0.113.1:3478");

    private readonly Host _one;
    private readonly Host _other;

    public PunchSimulation(NatBox one, NatBox other)
    {
        _one = new(one, Endpoint.Parse("192.168.1.2:40001"));
        _other = new(other, Endpoint.Parse("192.168.2.3:40002"));
        _one.Known.Add(_other.Box.Out(_other.Inner, Server));
        _other.Known.Add(_one.Box.Out(_one.Inner, Server));
    }

    /// <summary>Whether both have a validated pair after some rounds.</summary>
    public bool Run()
    {
        for (var round = 0; round < Rounds; round++)
        {
            CheckAll(_one, _other);
            CheckAll(_other, _one);
        }

        return _one.IsValidated && _other.IsValidated;
    }

    private static void CheckAll(Host from, Host to)
    {
        foreach (var target in from.Known.ToArray())
        {
            var source = from.Box.Out(from.Inner, target);
            if (!to.Box.TryIn(target, source, out _))
            {
                continue;
            }

            to.Known.Add(source);
            var answerer = to.Box.Out(to.Inner, source);
            from.IsValidated |= from.Box.TryIn(source, answerer, out _) && answerer == target;
        }
    }

    private sealed class Host(NatBox box, Endpoint inner)
    {
        public NatBox Box { get; } = box;

        public Endpoint Inner { get; } = inner;

        public HashSet<Endpoint> Known { get; } = [];

        public bool IsValidated { get; set; }
    }
}
