using Postern.Protocol.Net;
using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Identity;

namespace Postern.Protocol.Switching.Server;

/// <summary>One connection at the switchboard: a stranger until its proof is good, then a peer with a mailbox.</summary>
internal sealed class Attachment : Expiring
{
    private TokenBucket _frames;
    private TokenBucket _bytes;

    public Attachment(ConnectionId id, Endpoint remote, AddressQuota address, SwitchboardOptions options, Instant now)
    {
        Id = id;
        Remote = remote;
        Address = address;
        _frames = new(options.FrameBurst, options.FramesPerSecond, now);
        _bytes = new(options.ByteBurst, options.BytesPerSecond, now);
    }

    public ConnectionId Id { get; }

    public Endpoint Remote { get; }

    public AddressQuota Address { get; }

    /// <summary>Set by the hello.</summary>
    public ClientFrame.Hello? Hello { get; set; }

    /// <summary>What it must sign; null before the hello and again once a proof was tried.</summary>
    public LoginProof? Challenge { get; set; }

    /// <summary>Set by the login.</summary>
    public Mailbox? Mailbox { get; set; }

    public bool TryPay(int bytes, Instant now) => _frames.TryTake(1, now) && _bytes.TryTake(bytes, now);
}
