using Postern.Sessions.Dtls;

namespace Postern.Tests.Dtls;

/// <summary>One end of a <see cref="Dialogue"/> and what it has seen.</summary>
public sealed class Side(DtlsConnection connection)
{
    public DtlsConnection Connection { get; } = connection;

    public Inbox Inbox { get; } = new();

    public List<DtlsEvent> Events { get; } = [];

    /// <summary>Handshake and alert datagrams that left it.</summary>
    public List<byte[]> Sent { get; } = [];

    public DtlsEvent.HandshakeFailed? Failed => Events.OfType<DtlsEvent.HandshakeFailed>().SingleOrDefault();
}
