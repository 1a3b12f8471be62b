using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Turn;

/// <summary>How long an allocation lives after a request (RFC 8656 §7.2, §8.2).</summary>
internal static class RelayLifetime
{
    /// <summary>Zero only where the client asked for zero, which ends the allocation. False for a malformed LIFETIME.</summary>
    public static bool TryChoose(in RelayRequest request, RelayOptions options, out TimeSpan lifetime)
    {
        lifetime = TurnConstants.DefaultLifetime;
        if (request.Message.Has(StunAttributeType.Lifetime))
        {
            if (!request.Message.TryGetUInt32(StunAttributeType.Lifetime, out var seconds))
            {
                return false;
            }

            // "the larger of the default and what was asked for, up to the maximum"
            lifetime = seconds == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Max(seconds, TurnConstants.DefaultLifetime.TotalSeconds));
        }

        if (lifetime > options.MaximumLifetime)
        {
            lifetime = options.MaximumLifetime;
        }

        if (options.Sessions.EndsWithCredential && request.User.ExpiresAt != long.MaxValue)
        {
            var left = Math.Max(request.User.ExpiresAt - options.Credentials.UnixSeconds(request.Now), 0);
            lifetime = lifetime.TotalSeconds > left ? TimeSpan.FromSeconds(left) : lifetime;
        }

        return true;
    }

    public static bool IsExpired(in RelayRequest request, RelayOptions options) =>
        request.User.ExpiresAt <= options.Credentials.UnixSeconds(request.Now);
}
