using Postern.Lab.Simulator.Hosts.Proxies;

namespace Postern.Tests.Simulator.Proxies;

/// <summary>Says something to either side of a proxy's dialogue, whole and in two parts: it must come to the same.</summary>
internal static class DialogueFuzz
{
    public static void Try(IProxyDialogue dialogue, ReadOnlySpan<byte> said)
    {
        var turn = dialogue.Take(said);
        (turn.IsOver && turn.Target is not null).ShouldBeFalse();
        turn.Rest.Length.ShouldBeLessThan(Math.Max(1, said.Length));
    }

    public static void Try(IProxyRequest request, ReadOnlySpan<byte> said)
    {
        var half = said.Length / 2;
        var turn = request.Take(said[..half]);
        turn = turn.IsGranted || turn.Refusal is not null ? turn : request.Take(said[half..]);
        (turn.IsGranted && turn.Refusal is not null).ShouldBeFalse();
    }
}
