using Postern.Lab.Boxes.Descriptions;

namespace Postern.Lab.Predicate;

/// <summary>What a forecast takes for granted of a box, beyond what its description may say: a laboratory may forget as soon as it likes, but nobody can foretell what comes of it.</summary>
public static class Foreseeable
{
    /// <summary>Seconds. Half a minute is the least that home routers were seen to keep a mapping (Hätönen and others, IMC 2010), and RFC 4787 §4.3 wants two; below ten, addresses and ports are drawn anew between the checks of one call.</summary>
    private const double LeastLifetime = 10;

    /// <summary>One sentence of what is beyond any known NAT; null where nothing is.</summary>
    public static string? Fault(BoxDescription description) => BoxCatalogue.Boxes(description)
        .Select(box => BoxCatalogue.Nat(box)?.Expiry)
        .Select(expiry => expiry is null ? null
            : expiry.UdpNew < LeastLifetime ? "nat.expiry.udpNew: nothing is foretold of a NAT that forgets within 10 seconds; in a topology it may."
            : expiry.AtMost is > 0 and < LeastLifetime ? "nat.expiry.atMost: nothing is foretold of a NAT that forgets within 10 seconds; in a topology it may."
            : expiry.UdpStream < expiry.UdpNew ? "nat.expiry.udpStream: nothing is foretold of a NAT that forgets sooner what is answered than what is not; in a topology it may."
            : null)
        .FirstOrDefault(sentence => sentence is not null);
}
