using Postern.Protocol.Stun;

namespace Postern.Protocol.Turn;

/// <summary>The Refresh method at the server (RFC 8656 §8.2): renews an allocation, or ends it or one of its two families.</summary>
internal sealed class RelayRefresh(RelayState state)
{
    /// <summary>0 where the answer was sent; otherwise the error code.</summary>
    public int Handle(in RelayRequest request)
    {
        if (request.Allocation is not { Opening: 0 } allocation)
        {
            return StunErrorCode.AllocationMismatch;
        }

        if (state.Options.Sessions.EndsWithCredential && RelayLifetime.IsExpired(request, state.Options))
        {
            return StunErrorCode.Unauthenticated;
        }

        if (!RelayLifetime.TryChoose(request, state.Options, out var lifetime))
        {
            return StunErrorCode.BadRequest;
        }

        bool? v4 = null;
        if (request.Message.TryGet(StunAttributeType.RequestedAddressFamily, out var family))
        {
            v4 = family is [1, ..];
            if (!allocation.TryGetRelayed(v4.Value, out _))
            {
                return StunErrorCode.PeerAddressFamilyMismatch;
            }
        }

        Apply(allocation, lifetime, v4, request);
        Answer(request, lifetime);
        return 0;
    }

    private void Apply(RelayAllocation allocation, TimeSpan lifetime, bool? v4, in RelayRequest request)
    {
        if (lifetime != TimeSpan.Zero)
        {
            allocation.Lifetime = lifetime;
            state.Expiry.Renew(allocation, request.Now + lifetime);
        }
        else if (v4 is { } family && allocation.TryGetRelayed(!family, out _))
        {
            state.FreeRelayed(allocation, family, request.Now);
        }
        else
        {
            state.Free(allocation, RelayFreedReason.Released, request.Now);
        }
    }

    private void Answer(in RelayRequest request, TimeSpan lifetime)
    {
        Span<byte> buffer = stackalloc byte[256];
        var writer = StunWriter.Respond(buffer, StunClass.Success, request.Message);
        writer.AddUInt32(StunAttributeType.Lifetime, (uint)lifetime.TotalSeconds);
        state.Send(request.Tuple, request.Credentials, ref writer, buffer);
    }
}
