using Postern.Lab.Foreign;
using Postern.Protocol.Ice;

namespace Postern.Tests.Foreign;

/// <summary>What programs of others call the ends of a path, in our words.</summary>
public class ForeignPairTests
{
    [Theory]
    [InlineData("srflx", "srflx", "prflx", "srflx", PathKind.Punched)]
    [InlineData("prflx", "prflx", "prflx", "prflx", PathKind.Punched)]
    [InlineData("host", "srflx", "host", "srflx", PathKind.Punched)] // both name their own sockets, and both are seen as reflexive
    [InlineData("srflx", "host", "host", "prflx", PathKind.Host)]
    [InlineData("host", "srflx", "srflx", "host", PathKind.Host)]
    [InlineData("host", "host", "host", "host", PathKind.Host)]
    [InlineData("relay", "relay", "relay", "relay", PathKind.Relayed)]
    [InlineData("srflx", "relay", "relay", "prflx", PathKind.Relayed)]
    [InlineData("srflx", "prflx", "relay", "srflx", PathKind.Relayed)] // each end has chosen for itself
    public void A_path_is_as_direct_as_its_less_direct_end(string local, string remote, string otherLocal, string otherRemote, PathKind path)
    {
        var (one, other) = (new ForeignPair($"{local} 192.0.2.1 1", $"{remote} 192.0.2.2 2"), new ForeignPair($"{otherLocal} 192.0.2.2 2", $"{otherRemote} 192.0.2.1 1"));
        ForeignPair.PathOf(one, other).ShouldBe(path);
        ForeignPair.PathOf(other, one).ShouldBe(path);
    }
}
