namespace Postern.Lab.Grid.Real;

/// <summary>The programs that can meet for real.</summary>
public static class RealPeers
{
    private static readonly IRealPeer[] All = [new RealPostern(), new RealChromium(), new RealLibnice()];

    /// <summary>This program itself.</summary>
    public const string Ours = RealPostern.PeerName;

    /// <summary>What <c>--peer</c> takes, in the order of the page's columns.</summary>
    public static IReadOnlyList<string> Names => [.. All.Select(peer => peer.Name)];

    /// <summary>Throws <see cref="Foreign.MissingProgramException"/> for the first that this machine does not have, or that needs what it does not have.</summary>
    /// <param name="names">Of <see cref="Names"/>.</param>
    /// <param name="boxes">Behind which they meet, by their ids in the catalogue.</param>
    public static void Require(IEnumerable<string> names, IReadOnlyCollection<string> boxes)
    {
        foreach (var name in names)
        {
            Of(name).Require(boxes);
        }
    }

    internal static IRealPeer Of(string name) => All.First(peer => peer.Name == name);
}
