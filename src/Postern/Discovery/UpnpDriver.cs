using System.Net;
using System.Net.Sockets;
using System.Text;
using Postern.Protocol.Net;
using Postern.Protocol.PortMapping;

namespace Postern.Discovery;

/// <summary>Searches the network for a UPnP gateway, asks it for its outer address and for one mapping, and gives that back.</summary>
internal sealed class UpnpDriver : IDisposable
{
    /// <summary>Within it devices answer (MX is 1), and a little more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(2200);

    private readonly TimeProvider _time;
    private readonly IpAddress _local;
    private readonly HttpClient _http;

    /// <param name="local">Our address on the network that is searched.</param>
    /// <param name="time">The clock.</param>
    public UpnpDriver(IpAddress local, TimeProvider time)
    {
        (_local, _time) = (local, time);
        _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(2) })
        {
            Timeout = TimeSpan.FromSeconds(2),
            MaxResponseContentBufferSize = IgdService.LongestDescription,
        };
    }

    /// <summary>Ends within some ten seconds, whoever answers what.</summary>
    public async Task<UpnpFinding> ProbeAsync(ushort port, CancellationToken cancellationToken)
    {
        try
        {
            if (await SearchAsync(cancellationToken).ConfigureAwait(false) is not { } found)
            {
                return new();
            }

            try
            {
                return await AskAsync(found.Location, found.Responder, port, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return new() { Presence = MappingPresence.Refused, Responder = found.Responder, Error = IgdAnswer.Unreadable };
            }
        }
        catch (SocketException)
        {
            return new();
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<(Uri Location, IpAddress Responder)?> SearchAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(_local.ToIPAddress(), 0));
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, _local.ToIPAddress().GetAddressBytes());
        var group = new IPEndPoint(IPAddress.Parse(SsdpMessage.Group), SsdpMessage.Port);
        await socket.SendToAsync(SsdpMessage.Search(SsdpMessage.Gateway, 1), group, cancellationToken).ConfigureAwait(false);

        using var limit = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var (buffer, anyone) = (new byte[2048], new IPEndPoint(IPAddress.Any, 0));
        try
        {
            while (true)
            {
                var answer = await socket.ReceiveFromAsync(buffer, anyone, either.Token).ConfigureAwait(false);
                var responder = ((IPEndPoint)answer.RemoteEndPoint).Address;
                // A description elsewhere than at who answered would have us ask strangers.
                if (SsdpMessage.Location(buffer.AsSpan(0, answer.ReceivedBytes)) is { } location && location.Host == responder.ToString())
                {
                    return (location, IpAddress.From(responder));
                }
            }
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }
    }

    private async Task<UpnpFinding> AskAsync(Uri location, IpAddress responder, ushort port, CancellationToken cancellationToken)
    {
        var finding = new UpnpFinding { Presence = MappingPresence.Refused, Responder = responder, Error = IgdAnswer.Unreadable };
        var description = await _http.GetStringAsync(location, cancellationToken).ConfigureAwait(false);
        if (IgdService.Parse(description, location) is not { } service)
        {
            return finding;
        }

        var address = await SendAsync(service, IgdRequest.ExternalAddress(service.Type), cancellationToken).ConfigureAwait(false);
        finding = finding with { External = address.External };
        var mapping = await MapAsync(service, port, cancellationToken).ConfigureAwait(false);
        if (mapping.Error > 0)
        {
            return finding with { Error = mapping.Error };
        }

        // An answer that was lost or made no sense may stand for a mapping as well.
        var removal = await SendAsync(service, IgdRequest.DeleteMapping(service.Type, port), cancellationToken).ConfigureAwait(false);
        return mapping.Error == 0
            ? finding with { Presence = MappingPresence.Present, Error = 0, IsCleanedUp = removal.Error == 0 }
            : finding;
    }

    private async Task<IgdAnswer> MapAsync(IgdService service, ushort port, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(service, IgdRequest.AddMapping(service.Type, port, _local, port, MappingProbe.TestLifetime), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return new(IpAddress.Any, IgdAnswer.Unreadable);
        }
    }

    private async Task<IgdAnswer> SendAsync(IgdService service, IgdRequest request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, service.Control) { Content = new StringContent(request.Body, Encoding.UTF8, "text/xml") };
        message.Headers.TryAddWithoutValidation("SOAPACTION", $"\"{service.Type}#{request.Action}\"");
        using var answer = await _http.SendAsync(message, cancellationToken).ConfigureAwait(false);
        return IgdAnswer.Parse(await answer.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
    }
}
