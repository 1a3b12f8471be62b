namespace Postern.Sessions.Sctp;

public enum DataChannelState
{
    /// <summary>The peer has not confirmed it yet; messages may be sent already (RFC 8832 §6).</summary>
    Opening,
    Open,

    /// <summary>One end has reset its stream; nothing more may be sent.</summary>
    Closing,
    Closed,
}
