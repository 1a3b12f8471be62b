using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Nat;

/// <summary>
/// Answers Binding requests (RFC 8489 §12) and the questions of NAT behaviour discovery (RFC 5780 §6.1), RFC 3489 clients
/// included. It keeps no state between requests and holds one answer at a time; nothing is allocated per request.
/// </summary>
public sealed class BindingServer
{
    private readonly ReplyAllowance _allowance;
    private readonly BindingSites[] _groups;
    private readonly byte[] _answer = new byte[2048];
    private Transmit _pending;

    /// <param name="allowance">Asked before an answer that is larger than its request leaves.</param>
    /// <param name="sites">The server's own sockets, one group for each address family.</param>
    public BindingServer(ReplyAllowance allowance, params ReadOnlySpan<BindingSites> sites)
    {
        _allowance = allowance;
        _groups = sites.ToArray();
    }

    public BindingServerStats Stats { get; } = new();

    /// <summary>
    /// True for a Binding request or indication that came to one of the server's own sockets; other methods, responses and
    /// what is no STUN are somebody else's.
    /// </summary>
    public bool HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now)
    {
        if (StunMessage.TryParse(datagram, out var message) != StunError.None || message.Method != StunMethod.Binding
            || message.Class is not (StunClass.Request or StunClass.Indication) || !TryFindSite(destination, out var sites, out var index))
        {
            return false;
        }

        if (message.Class == StunClass.Indication)
        {
            Stats.Indications++;
        }
        else if (_pending.Length != 0)
        {
            Stats.Dropped++;
        }
        else
        {
            Answer(message, source, sites, index, now);
        }

        return true;
    }

    /// <summary>Writes the answer to the last request; <see cref="Transmit.Source"/> names the socket by its local endpoint.</summary>
    public bool TryTransmit(Span<byte> buffer, out Transmit transmit)
    {
        transmit = _pending;
        _pending = default;
        _answer.AsSpan(0, transmit.Length).CopyTo(buffer);
        return transmit.Length != 0;
    }

    private bool TryFindSite(Endpoint destination, out BindingSites sites, out int index)
    {
        foreach (var group in _groups)
        {
            index = group.IndexOf(destination);
            if (index >= 0)
            {
                sites = group;
                return true;
            }
        }

        sites = null!;
        index = -1;
        return false;
    }

    private void Answer(in StunMessage message, Endpoint source, BindingSites sites, int index, Instant now)
    {
        Span<StunAttributeType> unknown = stackalloc StunAttributeType[BindingRequest.UnknownLimit];
        var request = BindingRequest.Read(message, unknown, out var unknownCount);
        var target = request.ResponsePort == 0 ? source : source with { Port = request.ResponsePort };
        if (!IsAnswerable(source) || !IsAnswerable(target))
        {
            Stats.Ignored++;
        }
        else if (request.Error != 0)
        {
            Refuse(message, request.Error, unknown[..unknownCount], sites.All[index], target, now);
        }
        else if (!sites.TryChange(index, request.ChangesAddress, request.ChangesPort, out var origin))
        {
            // RFC 5780 §6.1: without what the client asks for, CHANGE-REQUEST is an attribute we do not know.
            Refuse(message, StunErrorCode.UnknownAttribute, [StunAttributeType.ChangeRequest], sites.All[index], target, now);
        }
        else
        {
            Accept(message, request, sites, index, origin, source, target, now);
        }
    }

    private void Accept(
        in StunMessage message, in BindingRequest request, BindingSites sites, int index, BindingSite origin, Endpoint source, Endpoint target, Instant now)
    {
        var other = sites.HasSecondAddress && sites.TryChange(index, address: true, port: true, out var changed) ? changed.Public : Endpoint.None;
        var secondPort = !sites.HasSecondAddress && sites.TryChange(index, address: false, port: true, out var second) ? second.Public.Port : (ushort)0;
        var length = BindingAnswer.Full(_answer, message, source, origin.Public, other, secondPort, request.Padding);
        if (IsAllowed(length, message, target, now))
        {
            Stats.Answered++;
            _pending = new(length, origin.Local, target);
            return;
        }

        length = BindingAnswer.Lean(_answer, message, source);
        if (IsAllowed(length, message, target, now))
        {
            Stats.AnsweredLean++;
            _pending = new(length, origin.Local, target);
            return;
        }

        Stats.OverBudget++;
    }

    private void Refuse(in StunMessage message, int code, ReadOnlySpan<StunAttributeType> unknown, BindingSite site, Endpoint target, Instant now)
    {
        var length = BindingAnswer.Error(_answer, message, code, unknown);
        if (!IsAllowed(length, message, target, now))
        {
            Stats.OverBudget++;
            return;
        }

        Stats.Refused++;
        _pending = new(length, site.Local, target);
    }

    private bool IsAllowed(int length, in StunMessage message, Endpoint target, Instant now) =>
        length <= message.Bytes.Length || _allowance(target.Address, length - message.Bytes.Length, now);

    private bool IsAnswerable(Endpoint endpoint)
    {
        var address = endpoint.Address;
        if (endpoint.Port == 0 || address.IsUnspecified || address.IsMulticast || (address.IsV4 && address.V4 == uint.MaxValue))
        {
            return false;
        }

        foreach (var group in _groups)
        {
            if (group.IsOwn(endpoint))
            {
                return false;
            }
        }

        return true;
    }
}
