using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Stun.Credentials;

namespace Postern.Protocol.Turn;

/// <summary>What a client asks for, apart from transaction and credentials, so that it can be asked again.</summary>
internal sealed record TurnRequest(StunMethod Method)
{
    // Our first Allocate is as long as the 401 that it earns, so that a relay that answers strangers with no more bytes than
    // it got still answers us (issue: "no answer larger than its unauthenticated request").
    private const string Software = "Postern (this text makes the request as long as the answer that it earns, a 401 with a challenge)";

    public TimeSpan Lifetime { get; init; }

    public TurnFamily Family { get; init; }

    public IReadOnlyList<IpAddress> Peers { get; init; } = [];

    public Endpoint ChannelPeer { get; init; }

    public ushort Channel { get; init; }

    public bool IsRelease => Method == StunMethod.Refresh && Lifetime == TimeSpan.Zero;

    /// <summary>Writes the request, signed where a credential is given; returns its length.</summary>
    public int Write(Span<byte> buffer, TransactionId id, LongTermCredential? signer)
    {
        var writer = new StunWriter(buffer, StunClass.Request, Method, id);
        switch (Method)
        {
            case StunMethod.Allocate:
                WriteAllocate(ref writer, signer is null);
                break;
            case StunMethod.Refresh:
                writer.AddUInt32(StunAttributeType.Lifetime, (uint)Lifetime.TotalSeconds);
                break;
            case StunMethod.CreatePermission:
                foreach (var peer in Peers)
                {
                    writer.AddXorAddress(StunAttributeType.XorPeerAddress, new(peer, 0));
                }

                break;
            case StunMethod.ChannelBind:
                writer.AddUInt32(StunAttributeType.ChannelNumber, (uint)Channel << 16);
                writer.AddXorAddress(StunAttributeType.XorPeerAddress, ChannelPeer);
                break;
        }

        signer?.Sign(ref writer);
        writer.AddFingerprint();
        return writer.Length;
    }

    private void WriteAllocate(ref StunWriter writer, bool padded)
    {
        writer.AddUInt32(StunAttributeType.RequestedTransport, TurnConstants.Udp);
        if (Lifetime != TurnConstants.DefaultLifetime)
        {
            writer.AddUInt32(StunAttributeType.Lifetime, (uint)Lifetime.TotalSeconds);
        }

        if (Family == TurnFamily.V6)
        {
            writer.AddUInt32(StunAttributeType.RequestedAddressFamily, TurnConstants.FamilyV6);
        }
        else if (Family == TurnFamily.Both)
        {
            writer.AddUInt32(StunAttributeType.AdditionalAddressFamily, TurnConstants.FamilyV6);
        }

        if (padded)
        {
            writer.AddText(StunAttributeType.Software, Software);
        }
    }
}
