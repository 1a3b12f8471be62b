using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Turn;

/// <summary>The Allocate method at the server (RFC 8656 §7.2): from the request over the driver's sockets to the answer.</summary>
internal sealed class RelayAllocate(RelayState state)
{
    // Ports that somebody else on this machine holds are passed over.
    private const int MaximumAttempts = 10;

    private readonly Dictionary<Endpoint, RelayAllocation> _opening = [];

    /// <summary>0 where the answer was sent or waits for sockets; otherwise the error code.</summary>
    public int Handle(in RelayRequest request)
    {
        if (request.Allocation is { } existing)
        {
            return Repeat(existing, request.Message.TransactionId);
        }

        if (RelayLifetime.IsExpired(request, state.Options))
        {
            return StunErrorCode.Unauthenticated;
        }

        var code = AllocateWish.Read(request.Message, out var wish);
        if (code != 0)
        {
            return code;
        }

        if (!RelayLifetime.TryChoose(request, state.Options, out var lifetime))
        {
            return StunErrorCode.BadRequest;
        }

        lifetime = lifetime == TimeSpan.Zero ? TurnConstants.DefaultLifetime : lifetime; // zero ends nothing here

        var allocation = new RelayAllocation(request.Tuple, request.Owner, request.Message.TransactionId, request.Credentials)
        {
            Lifetime = lifetime,
            Expires = request.Now + lifetime,
        };
        return wish.Token is { } token ? TakeReserved(allocation, token, request.Now) : Create(allocation, wish, request.Now);
    }

    public void SocketOpened(Endpoint relayed, Instant now)
    {
        if (!_opening.Remove(relayed, out var allocation))
        {
            state.Close(relayed, now); // it came too late
            return;
        }

        if (--allocation.Opening == 0)
        {
            Finish(allocation);
        }
    }

    /// <summary>Somebody else holds the port: all of the allocation's sockets are tried anew.</summary>
    public void SocketFailed(Endpoint relayed, Instant now)
    {
        if (!_opening.TryGetValue(relayed, out var allocation))
        {
            return;
        }

        Abandon(allocation, now);
        if (++allocation.Attempts == MaximumAttempts || !TryOpenAll(allocation, now))
        {
            GiveUp(allocation, now);
            Refuse(allocation, StunErrorCode.InsufficientCapacity);
        }
    }

    /// <summary>The allocation ends: sockets that open late are not its own any more.</summary>
    public void Forget(RelayAllocation allocation)
    {
        _opening.Remove(allocation.RelayedV4);
        _opening.Remove(allocation.RelayedV6);
        if (allocation.Reservation is { } reservation)
        {
            _opening.Remove(reservation.Relayed);
        }
    }

    /// <summary>A request on a 5-tuple that has an allocation: either the answer was lost, or it is refused.</summary>
    private int Repeat(RelayAllocation existing, TransactionId transaction)
    {
        if (existing.Transaction != transaction)
        {
            return StunErrorCode.AllocationMismatch;
        }

        if (existing.Opening == 0)
        {
            Answer(existing);
        }

        return 0;
    }

    private int Create(RelayAllocation allocation, AllocateWish wish, Instant now)
    {
        if ((wish.V4 && state.Options.RelayV4 is null) || (wish.V6 && state.Options.RelayV6 is null && !wish.IsV6Additional))
        {
            return StunErrorCode.AddressFamilyNotSupported;
        }

        if (wish.V6 && state.Options.RelayV6 is null)
        {
            allocation.AdditionalFamilyError = StunErrorCode.AddressFamilyNotSupported;
            wish = wish with { V6 = false };
        }

        var code = state.Table.Judge(allocation.Owner, (wish.V4 ? 1 : 0) + (wish.V6 ? 1 : 0) + (wish.Pair ? 1 : 0));
        if (code != 0)
        {
            return code;
        }

        allocation.Wish = wish;
        state.Table.Add(allocation);
        state.Expiry.Add(allocation);
        if (!TryOpenAll(allocation, now))
        {
            GiveUp(allocation, now);
            return StunErrorCode.InsufficientCapacity;
        }

        return 0;
    }

    private int TakeReserved(RelayAllocation allocation, ulong token, Instant now)
    {
        if (!state.Table.TryFindReservation(token, out var reservation)
            || !reservation.IsLive(now)
            || reservation.Owner.Username != allocation.Owner.Username
            || _opening.ContainsKey(reservation.Relayed))
        {
            return StunErrorCode.InsufficientCapacity;
        }

        state.Expiry.Free(reservation);
        state.Table.Remove(reservation);
        state.Table.Add(allocation);
        Hold(allocation, reservation.Relayed);
        state.Expiry.Add(allocation);
        Finish(allocation);
        return 0;
    }

    private bool TryOpenAll(RelayAllocation allocation, Instant now) =>
        (!allocation.Wish.V4 || TryOpen(allocation, state.Options.RelayV4!.Value, now))
        && (!allocation.Wish.V6 || TryOpen(allocation, state.Options.RelayV6!.Value, now));

    private bool TryOpen(RelayAllocation allocation, IpAddress address, Instant now)
    {
        var wish = allocation.Wish;
        if (!state.Ports.TryChoose(address, wish.Even, wish.Pair, state.Table, now, out var relayed))
        {
            return false;
        }

        Hold(allocation, relayed);
        Open(allocation, relayed);
        if (wish.Pair)
        {
            var reservation = new RelayReservation(state.Random.NextUInt64(), RelayPorts.Next(relayed), allocation.Owner)
            {
                Expires = now + TurnConstants.ReservationLifetime,
            };
            state.Table.Add(reservation);
            state.Expiry.Add(reservation);
            allocation.Reservation = reservation;
            Open(allocation, reservation.Relayed);
        }

        return true;
    }

    private void Abandon(RelayAllocation allocation, Instant now)
    {
        Forget(allocation);
        allocation.Opening = 0;
        state.Withdraw(endpoint => endpoint == allocation.RelayedV4 || endpoint == allocation.RelayedV6 || endpoint == allocation.Reservation?.Relayed);
        state.FreeRelayed(allocation, v4: true, now);
        state.FreeRelayed(allocation, v4: false, now);
        if (allocation.Reservation is { } reservation)
        {
            state.Free(reservation, now);
            allocation.Reservation = null;
        }
    }

    private void GiveUp(RelayAllocation allocation, Instant now)
    {
        Abandon(allocation, now);
        allocation.Opening = 1; // it never served: nobody is told that it was freed
        state.Free(allocation, RelayFreedReason.NoSocket, now);
    }

    private void Hold(RelayAllocation allocation, Endpoint relayed)
    {
        if (relayed.IsV4)
        {
            allocation.RelayedV4 = relayed;
        }
        else
        {
            allocation.RelayedV6 = relayed;
        }

        state.Table.AddRelayed(allocation, relayed);
    }

    private void Open(RelayAllocation allocation, Endpoint relayed)
    {
        allocation.Opening++;
        _opening.Add(relayed, allocation);
        state.Events.Enqueue(new RelayEvent.OpenSocket(relayed));
    }

    private void Finish(RelayAllocation allocation)
    {
        state.Stats.Allocated++;
        state.Stats.Allocations = state.Table.Count;
        var owner = allocation.Owner;
        var relayed = allocation.RelayedV4 != Endpoint.None ? allocation.RelayedV4 : allocation.RelayedV6;
        state.Events.Enqueue(new RelayEvent.Allocated(allocation.Tuple.Client, relayed, owner.Name, owner.Session));
        Answer(allocation);
    }

    private void Answer(RelayAllocation allocation)
    {
        Span<byte> buffer = stackalloc byte[512];
        var writer = new StunWriter(buffer, StunClass.Success, StunMethod.Allocate, allocation.Transaction);
        AddRelayed(ref writer, allocation.RelayedV4);
        AddRelayed(ref writer, allocation.RelayedV6);
        if (allocation.AdditionalFamilyError is var error and not 0)
        {
            // ADDRESS-ERROR-CODE: family (8), reserved (13), class (3), number (8) (RFC 8656 §18.12)
            Span<byte> value = [2, 0, (byte)(error / 100), (byte)(error % 100)];
            writer.Add(StunAttributeType.AddressErrorCode, value);
        }

        writer.AddUInt32(StunAttributeType.Lifetime, (uint)allocation.Lifetime.TotalSeconds);
        if (allocation.Reservation is { IsFreed: false } reservation)
        {
            writer.AddUInt64(StunAttributeType.ReservationToken, reservation.Token);
        }

        writer.AddXorAddress(StunAttributeType.XorMappedAddress, allocation.Tuple.Client);
        state.Send(allocation.Tuple, allocation.Credentials, ref writer, buffer);
    }

    private static void AddRelayed(ref StunWriter writer, Endpoint relayed)
    {
        if (relayed != Endpoint.None)
        {
            writer.AddXorAddress(StunAttributeType.XorRelayedAddress, relayed);
        }
    }

    private void Refuse(RelayAllocation allocation, int code)
    {
        Span<byte> buffer = stackalloc byte[256];
        var writer = new StunWriter(buffer, StunClass.Error, StunMethod.Allocate, allocation.Transaction);
        writer.AddErrorCode(code);
        state.Stats.Refused++;
        state.Send(allocation.Tuple, allocation.Credentials, ref writer, buffer);
    }
}
