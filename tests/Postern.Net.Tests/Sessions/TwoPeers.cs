using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Sessions;

/// <summary>Alice and Bob with the real binary on a real network, and a server that both can reach.</summary>
internal sealed class TwoPeers : IDisposable
{
    private readonly List<Background> _chats = [];

    public TwoPeers(Network network, Host alice, Host bob)
    {
        Network = network;
        Server = new(network, network.Server, "server");
        Up = StartServer();
        Alice = new PosternHost(network, alice, "alice").Login(network.Server.Address);
        Bob = new PosternHost(network, bob, "bob").Login(network.Server.Address);
    }

    public Network Network { get; }

    public PosternHost Server { get; }

    public PosternHost Alice { get; }

    public PosternHost Bob { get; }

    public Background Up { get; private set; }

    public Background AliceChat { get; private set; } = null!;

    public Background BobChat { get; private set; } = null!;

    /// <summary>Both sides of two sites behind one kind of router.</summary>
    public static TwoPeers Behind(RouterRules rules)
    {
        var network = new Network();
        return new(network, network.AddSite(rules).Client, network.AddSite(rules).Client);
    }

    /// <summary>Starts the server (again); the relay may reach the laboratory's addresses.</summary>
    public Background StartServer() =>
        Up = Server.Up("--listen", Network.Server.SecondAddress, "--allow-peer", "203.0.113.0/24", "--allow-peer", "198.51.100.0/24", "--allow-peer", "2001:db8::/32");

    /// <summary>Both type each other's name.</summary>
    public void Chat(string? path = null)
    {
        BobChat = Bob.Chat("alice");
        AliceChat = Alice.Chat("bob");
        _chats.AddRange([BobChat, AliceChat]);
        Waiting.Until(() => PosternHost.LastPath(AliceChat) is not null && PosternHost.LastPath(BobChat) is not null, 30, Both);
        if (path is not null)
        {
            WaitForPath(path);
        }
    }

    public void WaitForPath(string path, double seconds = 30) =>
        Waiting.Until(() => PosternHost.LastPath(AliceChat) == path && PosternHost.LastPath(BobChat) == path, seconds, () => $"{path}\n{Both()}");

    /// <summary>Sends so many messages each way and asserts that each arrives once and in order.</summary>
    public void Exchange(int count, string tag, double seconds = 60)
    {
        var (aliceBefore, bobBefore) = (PosternHost.Texts(AliceChat).Count, PosternHost.Texts(BobChat).Count);
        for (var i = 0; i < count; i++)
        {
            AliceChat.Type($"{tag}-from-alice-{i}");
            BobChat.Type($"{tag}-from-bob-{i}");
        }

        Waiting.Until(
            () => PosternHost.Texts(AliceChat).Count >= aliceBefore + count && PosternHost.Texts(BobChat).Count >= bobBefore + count, seconds, Both);
        PosternHost.Texts(BobChat).Skip(bobBefore).ShouldBe(Enumerable.Range(0, count).Select(i => $"{tag}-from-alice-{i}"));
        PosternHost.Texts(AliceChat).Skip(aliceBefore).ShouldBe(Enumerable.Range(0, count).Select(i => $"{tag}-from-bob-{i}"));
    }

    public string Both() =>
        $"alice:\n{Tail(AliceChat.Output)}\n{AliceChat.Errors}\nbob:\n{Tail(BobChat.Output)}\n{BobChat.Errors}\nserver:\n{Tail(Up.Output)}\n{Tail(Up.Errors)}";

    public void Dispose()
    {
        _chats.ForEach(chat => chat.Dispose());
        Up.Dispose();
        Network.Dispose();
    }

    private static string Tail(string text) => text.Length < 2000 ? text : text[^2000..];
}
