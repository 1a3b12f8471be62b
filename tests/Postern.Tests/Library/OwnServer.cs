using System.Net;
using System.Net.Sockets;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Identity;
using Postern.Server;

namespace Postern.Tests.Library;

/// <summary>A whole server on loopback with a data folder of its own.</summary>
internal sealed class OwnServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Endpoint _listen;
    private PosternServer? _server;

    private OwnServer(string folder, Endpoint listen) => (_folder, _listen) = (folder, listen);

    public Uri Url => new($"ws://{_listen}/switchboard");

    public static async Task<OwnServer> StartAsync()
    {
        var server = new OwnServer(Directory.CreateTempSubdirectory("postern-library-").FullName, new(IpAddress.Loopback, FreePort()));
        await server.UpAsync();
        return server;
    }

    public async Task UpAsync() => _server = await PosternServer.StartAsync(new() { Listen = [_listen], DataFolder = _folder }, CancellationToken.None);

    public async Task DownAsync()
    {
        await _server!.DisposeAsync();
        _server = null;
    }

    public Task<PosternClient> RegisterAsync(string name, PeerIdentity identity, IContactBook? contacts = null) =>
        PosternClient.RegisterAsync(new() { Server = Url, Name = name, Identity = identity, Contacts = contacts ?? new MemoryContactBook() });

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    // Two ports in a row, free for TCP and UDP: the listening one and the NAT test's second.
    private static ushort FreePort()
    {
        while (true)
        {
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            var port = (ushort)((IPEndPoint)tcp.LocalEndPoint!).Port;
            try
            {
                using var udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, port));
                using var next = new UdpClient(new IPEndPoint(IPAddress.Loopback, port + 1));
                return port;
            }
            catch (SocketException)
            {
                // taken for UDP; try another
            }
        }
    }
}
