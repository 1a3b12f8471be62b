using System.Net.NetworkInformation;
using Postern.Protocol.Net;

namespace Postern.Discovery;

/// <summary>Which router stands so many hops away on the way to somewhere: it says so of what dies there (RFC 1812 §5.3.1), and nothing goes further.</summary>
internal static class HopProbe
{
    private const int Tries = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(700);

    /// <summary>Null where it keeps silent, is the target itself, or nothing can be asked.</summary>
    public static async Task<IpAddress?> AskAsync(IpAddress target, int hops, CancellationToken cancellationToken)
    {
        for (var i = 0; i < Tries; i++)
        {
            try
            {
                using var ping = new Ping();
                var reply = await ping.SendPingAsync(target.ToIPAddress(), Patience, buffer: null, new PingOptions(hops, dontFragment: false), cancellationToken).ConfigureAwait(false);
                if (reply.Status is IPStatus.TtlExpired or IPStatus.TimeExceeded)
                {
                    return IpAddress.From(reply.Address);
                }

                if (reply.Status == IPStatus.Success)
                {
                    return null;
                }
            }
            catch (Exception e) when (e is PingException or PlatformNotSupportedException)
            {
                return null; // no right to, no program for it, or no route
            }
        }

        return null;
    }
}
