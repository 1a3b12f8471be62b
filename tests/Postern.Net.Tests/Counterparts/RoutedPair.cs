using Postern.Lab.Foreign;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Counterparts;

/// <summary>
/// Three network namespaces: left (10.77.1.2) and right (10.77.2.2), each with its default route over the middle, which
/// forwards between them unless told not to. IPv4 only: a link-local IPv6 address that is still tentative cannot be bound, and
/// agents that list it would fail by the clock. All three go with the object.
/// </summary>
internal sealed class RoutedPair : IAsyncDisposable
{
    private static int _count;

    private readonly string _name = $"ct{Environment.ProcessId}x{Interlocked.Increment(ref _count)}";

    private RoutedPair()
    {
    }

    public const string LeftAddress = "10.77.1.2";

    public const string RightAddress = "10.77.2.2";

    /// <summary>The middle's address towards the left; the right reaches it too.</summary>
    public const string MiddleAddress = "10.77.1.1";

    public string Left => _name + "l";

    public string Middle => _name + "m";

    public string Right => _name + "r";

    /// <summary>Builds the three namespaces.</summary>
    /// <param name="forwards">False: left and right reach the middle and nothing else, so that only a relay there connects them.</param>
    public static async Task<RoutedPair> CreateAsync(bool forwards = true)
    {
        Leftovers.RequireNamespaces();
        var pair = new RoutedPair();
        try
        {
            await ForeignProcess.RunAsync(null, "sh", "-ec", pair.Script(forwards));
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>From now on the middle loses so many of a hundred packets that it forwards.</summary>
    public Task LoseAsync(int percent) => ForeignProcess.RunAsync(
        Middle,
        "sh",
        "-ec",
        $"nft add table ip loss; nft add chain ip loss forwarded '{{ type filter hook forward priority 0; }}'; nft add rule ip loss forwarded numgen random mod 100 '<' {percent} drop");

    public async ValueTask DisposeAsync() =>
        await ForeignProcess.RunAsync(null, "sh", "-c", $"for n in {Left} {Middle} {Right}; do ip netns del $n 2>/dev/null; done; true");

    /// <summary>Begins with what a killed run of the tests has left.</summary>
    private string Script(bool forwards) => $"""
        for n in $(ip netns list | grep -o '^ct[0-9]*x[0-9]*[lmr]'); do
            pid="$(expr "$n" : 'ct\([0-9]*\)')"
            [ -d "/proc/$pid" ] || {"{"} ip netns pids "$n" | xargs -r kill -9; ip netns del "$n"; {"}"}
        done
        for n in {Left} {Middle} {Right}; do ip netns add $n; ip -n $n link set lo up; done
        side() {"{"}
            ip link add name eth0 netns $1 type veth peer name $2 netns {Middle}
            ip -n $1 link set eth0 addrgenmode none
            ip -n $1 addr add $3.2/24 dev eth0
            ip -n {Middle} link set $2 addrgenmode none
            ip -n {Middle} addr add $3.1/24 dev $2
            ip -n {Middle} link set $2 up
            ip -n $1 link set eth0 up
            ip -n $1 route add default via $3.1
            until ip -n $1 link show eth0 | grep -q "state UP"; do sleep 0.05; done
        {"}"}
        side {Left} left 10.77.1
        side {Right} right 10.77.2
        ip netns exec {Middle} sysctl -qw net.ipv4.ip_forward={(forwards ? 1 : 0)}
        """;
}
