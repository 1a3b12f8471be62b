using System.Diagnostics.CodeAnalysis;

namespace Postern.Protocol.Net;

/// <summary>
/// The five verbs of every protocol machine. Law: touch, drain to empty, touch again. That is: after any call that changes
/// the machine, take transmits and events until both are empty, and only then hand in the next datagram or deadline.
/// </summary>
/// <typeparam name="TEvent">What the machine reports: past tense, with a reason.</typeparam>
public interface IMachine<TEvent>
    where TEvent : class
{
    /// <summary>The next moment at which <see cref="HandleDeadline"/> wants to be called; <see cref="Instant.Never"/> when idle. O(1).</summary>
    Instant NextDeadline { get; }

    /// <summary>Takes a datagram; false when it is not this machine's. Never throws, whatever the bytes.</summary>
    bool HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now);

    /// <summary>Acts on every deadline that is not after <paramref name="now"/>.</summary>
    void HandleDeadline(Instant now);

    /// <summary>Writes the next datagram into the caller's buffer (at least 2,048 bytes); false when there is none.</summary>
    bool TryTransmit(Span<byte> buffer, out Transmit transmit);

    /// <summary>Takes the oldest event; false when there is none.</summary>
    bool TryTakeEvent([NotNullWhen(true)] out TEvent? happened);
}
