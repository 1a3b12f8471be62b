using Postern.Protocol.Net;

namespace Postern.Lab.Schedules.EasyTier;

/// <summary>
/// How EasyTier finds out what NAT there is, long before somebody wants to connect (connectivity/stun/client.rs and collector.rs):
/// three servers are asked at once from one socket, each of them also to answer from elsewhere; only when all answers are there or
/// 3 s have passed, a fresh socket asks as well.
/// </summary>
internal sealed class EasyTierSurvey(Party party)
{
    private const int Servers = 3;
    private const int MostSpread = 15;
    private const int BeyondNear = 100;
    private static readonly Pause Patience = Pause.Seconds(3);

    private readonly List<Question> _questions = [];
    private Question? _fresh;

    public bool IsOver { get; private set; }

    public EasyTierNat Nat { get; private set; }

    /// <summary>The public addresses that were seen.</summary>
    public IReadOnlyList<IpAddress> Addresses => [.. Mapped.Select(endpoint => endpoint.Address).Distinct()];

    private IReadOnlyList<Endpoint> Mapped => [.. _questions.Select(question => question.Mapped).OfType<Endpoint>()];

    public IEnumerable<Pause> Ask()
    {
        var socket = party.Open((_, _, _) => { });
        Question[] elsewhere = [.. Enumerable.Range(0, Servers).Select(server => AskTwice(socket, server, elsewhere: true))];
        _questions.AddRange(Enumerable.Range(0, Servers).Select(server => AskTwice(socket, server, elsewhere: false)));
        yield return Patience with { Until = () => _questions.Concat(elsewhere).All(question => question.Mapped is not null) };
        if (Mapped.Distinct().Count() > 1)
        {
            _fresh = AskTwice(party.Open((_, _, _) => { }), 0, elsewhere: false);
            yield return Patience with { Until = () => _fresh.Mapped is not null };
        }

        Nat = Judge(isReached: elsewhere.Any(question => question.Mapped is not null), socket);
        IsOver = true;
    }

    private Question AskTwice(Endpoint socket, int server, bool elsewhere)
    {
        var question = party.Ask(socket, server, elsewhere);
        question.Send();
        return question;
    }

    private EasyTierNat Judge(bool isReached, Endpoint socket)
    {
        var mapped = Mapped;
        if (mapped.Count < 2)
        {
            return EasyTierNat.Unknown;
        }

        if (mapped.Distinct().Count() == 1)
        {
            return isReached && mapped[0] == socket ? EasyTierNat.Open : EasyTierNat.Cone;
        }

        var (lowest, highest) = (mapped.Min(endpoint => endpoint.Port), mapped.Max(endpoint => endpoint.Port));
        return Addresses.Count > 1 || highest - lowest > MostSpread || _fresh?.Mapped is not { } fresh ? EasyTierNat.Hard
            : fresh.Port - highest is > 0 and < BeyondNear ? EasyTierNat.Increasing
            : lowest - fresh.Port is > 0 and < BeyondNear ? EasyTierNat.Decreasing
            : EasyTierNat.Hard;
    }
}
