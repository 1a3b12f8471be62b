using System.Net;
using System.Net.Sockets;
using Postern.Cli.Profiles;
using Postern.Protocol.Net;

namespace Postern.Cli.Check;

/// <summary>The server against which is measured.</summary>
/// <param name="Name">As the user knows it.</param>
/// <param name="Server">Its TCP endpoint; null where only a STUN server is known.</param>
/// <param name="Stun">Its STUN endpoints, the first of each family first.</param>
internal sealed record CheckTarget(string Name, Endpoint? Server, IReadOnlyList<Endpoint> Stun)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public IpAddress Address => Server?.Address ?? Stun[0].Address;

    public bool IsHere => Address.IsLoopback;

    /// <summary>Null where the name leads nowhere; <see cref="CliException"/> for what is no server.</summary>
    public static async Task<CheckTarget?> ResolveAsync(CheckOptions options, Profile? profile, CancellationToken cancellationToken)
    {
        var server = options.Server is { } named ? ServerName.WithPort(named) : options.Stun is null ? profile?.Server ?? Profile.DefaultServer : null;
        var of = server is null ? [] : await EndpointsAsync(server, cancellationToken).ConfigureAwait(false);
        var stun = options.Stun is { } asked ? await EndpointsAsync(WithPort(asked), cancellationToken).ConfigureAwait(false) : of;
        return of.Count + stun.Count == 0 ? null : new(options.Server ?? options.Stun ?? server!, of.Count > 0 ? of[0] : null, stun);
    }

    private static string WithPort(string stun) => Uri.TryCreate($"stun://{stun}", UriKind.Absolute, out var uri) && uri.Port > 0 && uri.Host.Length > 0
        ? $"{uri.Host}:{uri.Port}"
        : throw new CliException(ExitCode.Usage, "--stun takes HOST:PORT, such as stun.example:3478.");

    private static async Task<IReadOnlyList<Endpoint>> EndpointsAsync(string server, CancellationToken cancellationToken)
    {
        var uri = new Uri($"postern://{server}");
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(uri.DnsSafeHost, cancellationToken).WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
            return [.. addresses.Select(address => new Endpoint(IpAddress.From(address), (ushort)uri.Port)).OrderBy(endpoint => !endpoint.IsV4)];
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            return [];
        }
    }
}
