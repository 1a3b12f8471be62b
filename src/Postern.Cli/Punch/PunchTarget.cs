using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Postern.Cli.Terminal;
using Postern.Protocol.Net;

namespace Postern.Cli.Punch;

/// <summary>Reads HOST:PORT, where the host is an address or a name.</summary>
internal static class PunchTarget
{
    public static async Task<Endpoint> ResolveAsync(string text, CancellationToken cancel)
    {
        if (Endpoint.TryParse(text, out var endpoint) && endpoint.Port != 0)
        {
            return endpoint;
        }

        var colon = text.LastIndexOf(':');
        var host = colon > 0 ? text[..colon] : "";
        if (host.Length == 0 || host.Contains(':') || !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            throw new PunchFailure(PunchExit.Usage, $"'{Printable.Of(text)}' is not HOST:PORT, as in 203.0.113.7:14141 or [2001:db8::7]:14141.");
        }

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, cancel).ConfigureAwait(false);
            return new(addresses[0], port);
        }
        catch (Exception e) when (e is SocketException or ArgumentException or IndexOutOfRangeException)
        {
            throw new PunchFailure(PunchExit.NotThere, $"No address is known for '{Printable.Of(host)}'.");
        }
    }
}
