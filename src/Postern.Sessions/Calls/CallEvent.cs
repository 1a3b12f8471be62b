using Postern.Protocol.Ice;
using Postern.Protocol.Switching.Descriptions;
using Postern.Sessions.Sctp;

namespace Postern.Sessions.Calls;

/// <summary>What a call reports.</summary>
public abstract record CallEvent
{
    private CallEvent()
    {
    }

    /// <summary>To be sent to the other side through the switchboard.</summary>
    public sealed record SignalReady(SignalPayload Payload) : CallEvent;

    /// <summary>DTLS has verified the other side; channels may be opened and used.</summary>
    public sealed record Connected(PathKind Path) : CallEvent;

    /// <summary>Data now takes another path; null where there is none for the moment.</summary>
    public sealed record PathChanged(IcePath? From, IcePath? To, string Reason) : CallEvent;

    public sealed record ChannelOpened(DataChannel Channel, bool ByPeer) : CallEvent;

    public sealed record MessageReceived(DataChannel Channel, bool IsText, ReadOnlyMemory<byte> Message) : CallEvent;

    public sealed record ChannelClosed(DataChannel Channel) : CallEvent;

    /// <summary>A relay is lost: another grant, given to <see cref="Call.UseRelay"/>, would bring it back.</summary>
    public sealed record RelayWanted : CallEvent;

    /// <summary>
    /// The relay does not answer over UDP: a stream to it is wanted, whose far end is called <paramref name="Server"/>. Then
    /// <see cref="Call.AddRelayStream"/> or <see cref="Call.RelayStreamClosed"/>.
    /// </summary>
    public sealed record RelayStreamWanted(Protocol.Net.Endpoint Server) : CallEvent;

    /// <summary>The stream is not needed, or not any more: it is to be closed.</summary>
    public sealed record RelayStreamDone : CallEvent;

    /// <summary>One more socket of the call's own is wanted, bound to this address: <see cref="Call.AddSocket"/> takes it.</summary>
    public sealed record AnotherSocketWanted(Protocol.Net.IpAddress Address) : CallEvent;

    /// <summary>So many sockets more are wanted, bound to this address: <see cref="Call.AddSpareSockets"/> takes those that the system gives.</summary>
    public sealed record SocketsWanted(int Count, Protocol.Net.IpAddress Address) : CallEvent;

    /// <summary>A spare socket is not needed any more.</summary>
    public sealed record SocketDone(Protocol.Net.Endpoint Socket) : CallEvent;

    /// <summary>The send buffer has room again.</summary>
    public sealed record SendBufferDrained : CallEvent;

    /// <summary>The call is over; nothing follows.</summary>
    public sealed record Ended(CallFailure Failure, string Reason) : CallEvent;
}
