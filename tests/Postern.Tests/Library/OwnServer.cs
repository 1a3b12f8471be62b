using Postern.Net.Tests.Networks;
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
        var server = new OwnServer(Directory.CreateTempSubdirectory("postern-library-").FullName, new(IpAddress.Loopback, (ushort)FreePort.Next(2)));
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
}
