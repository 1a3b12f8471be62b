using Postern.Protocol.Net;

namespace Postern.Lab.Schedules.Frp;

/// <summary>A side asks one STUN server at its two addresses, one after the other, from the socket that it will use.</summary>
internal sealed class FrpSurvey(Party party, LetterHandler handler)
{
    private const int Servers = 2;
    private const double Patience = 3;

    private readonly List<Endpoint> _mapped = [];

    public Endpoint Socket { get; } = party.Open(handler);

    /// <summary>What the servers have seen, in their order.</summary>
    public IReadOnlyList<Endpoint> Mapped => _mapped;

    public bool IsComplete => _mapped.Count == Servers;

    public FrpNat Nat => FrpNat.Of(_mapped, party.Address);

    public IEnumerable<Pause> Ask()
    {
        for (var server = 0; server < Servers; server++)
        {
            var question = party.Ask(Socket, server);
            foreach (var pause in question.Wait(Patience))
            {
                yield return pause;
            }

            if (question.Mapped is not { } mapped)
            {
                yield break;
            }

            _mapped.Add(mapped);
        }
    }
}
