using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Descriptions;
using Postern.Sessions.Dtls;
using Postern.Sessions.Sctp;

namespace Postern.Sessions.Calls;

/// <summary>DTLS with SCTP inside and data channels on top (RFC 8261, RFC 8831), over whatever path the caller has.</summary>
internal sealed class SecureStreams : IPlaintextReceiver, IDisposable
{
    private readonly DtlsConnection _dtls;
    private readonly SctpAssociation _association;
    private readonly DataChannels _channels;
    private readonly byte[] _packet = new byte[2048];
    private bool _isSignalled;
    private bool _isClosing;

    public SecureStreams(DtlsRole role, DtlsOptions options, SctpAssociation association, IRandom random)
    {
        _dtls = new(role, options, random);
        _association = association;
        _channels = new(association, role == DtlsRole.Client);
    }

    /// <summary>As the other side's description wants them.</summary>
    public static SecureStreams Between(
        DtlsCertificate certificate, SessionDescription remote, bool isClient, int maximumDatagram, SctpAssociation association, IRandom random, Instant now)
    {
        var options = new DtlsOptions
        {
            Certificate = certificate,
            ExpectedFingerprint = Fingerprint.FromBytes(remote.FingerprintBytes()),
            MaximumDatagramSize = maximumDatagram,
        };
        association.UseDescription(remote.SctpPort, remote.MaxMessageSize);
        var streams = new SecureStreams(isClient ? DtlsRole.Client : DtlsRole.Server, options, association, random);
        if (remote.SctpInit is { } init)
        {
            streams.UseSignalledInit(init, now);
        }

        return streams;
    }

    public DataChannels Channels => _channels;

    /// <summary>Records whose integrity DTLS has verified.</summary>
    public long RecordsReceived => _dtls.Stats.ApplicationRecordsReceived;

    public bool IsSecure => _dtls.State == DtlsState.Connected;

    public Instant NextDeadline => Instant.Min(_dtls.NextDeadline, IsSecure ? _association.NextDeadline : Instant.Never);

    /// <summary>The other side's INIT came with its description: SCTP needs no handshake of its own. Nonsense is as good as none.</summary>
    private void UseSignalledInit(string base64, Instant now)
    {
        var init = new byte[base64.Length];
        _isSignalled = Convert.TryFromBase64String(base64, init, out var length) && _association.StartFromSignalling(init.AsSpan(0, length), now);
    }

    /// <summary>There is a path now: a DTLS client's first flight leaves.</summary>
    public void Start(Instant now) => _dtls.Start(now);

    public bool HandleDatagram(ReadOnlySpan<byte> datagram, Instant now) => _dtls.HandleDatagram(datagram, this, now);

    void IPlaintextReceiver.HandlePlaintext(ReadOnlySpan<byte> plaintext, Instant now) => _association.HandlePacket(plaintext, now);

    public void HandleDeadline(Instant now)
    {
        _dtls.HandleDeadline(now);
        if (IsSecure)
        {
            _association.HandleDeadline(now);
        }
    }

    public bool TryTransmit(Span<byte> buffer, Instant now, out int length)
    {
        if (_dtls.TryTransmit(buffer, out length))
        {
            return true;
        }

        if (IsSecure && _association.TryTransmit(_packet, now, out var packet))
        {
            length = _dtls.Protect(_packet.AsSpan(0, packet), buffer);
            return length > 0;
        }

        if (_isClosing)
        {
            _isClosing = false;
            _dtls.Close(now);
        }

        return _dtls.TryTransmit(buffer, out length);
    }

    public bool TryTakeEvent(Instant now, [NotNullWhen(true)] out StreamsEvent? happened)
    {
        while (_dtls.TryTakeEvent(out var dtls))
        {
            happened = Translate(dtls);
            if (happened is StreamsEvent.Secured && !_isSignalled)
            {
                _association.Connect(now);
            }

            return true;
        }

        while (_channels.TryTakeEvent(out var channel))
        {
            if (Translate(channel) is { } translated)
            {
                happened = translated;
                return true;
            }
        }

        happened = null;
        return false;
    }

    /// <summary>SCTP's last word leaves first, an ABORT where no orderly end was agreed: peers that hear only DTLS's goodbye behind it keep their channels open.</summary>
    public void Close()
    {
        _association.Abort();
        _isClosing = true;
    }

    public void Dispose() => _dtls.Dispose();

    private static StreamsEvent Translate(DtlsEvent happened) => happened switch
    {
        DtlsEvent.HandshakeCompleted => new StreamsEvent.Secured(),
        DtlsEvent.HandshakeFailed { Reason: DtlsFailure.FingerprintMismatch } =>
            new StreamsEvent.Broken(CallFailure.WrongFingerprint, "The other side's certificate is not the one that its signed description names: somebody may be in between."),
        DtlsEvent.HandshakeFailed failed => new StreamsEvent.Broken(CallFailure.Handshake, $"The encryption could not be set up: {failed.Reason}."),
        _ => new StreamsEvent.Broken(CallFailure.None, "The other side ended the call."),
    };

    private static StreamsEvent? Translate(DataChannelEvent happened) => happened switch
    {
        DataChannelEvent.ChannelOpened opened => new StreamsEvent.Happened(new CallEvent.ChannelOpened(opened.Channel, opened.ByPeer)),
        DataChannelEvent.MessageReceived message =>
            new StreamsEvent.Happened(new CallEvent.MessageReceived(message.Channel, message.IsText, message.Payload)),
        DataChannelEvent.ChannelClosed closed => new StreamsEvent.Happened(new CallEvent.ChannelClosed(closed.Channel)),
        DataChannelEvent.SendBufferDrained => new StreamsEvent.Happened(new CallEvent.SendBufferDrained()),
        DataChannelEvent.Ended { Reason: SctpCloseReason.Shutdown } => new StreamsEvent.Broken(CallFailure.None, "The call was ended."),
        DataChannelEvent.Ended { Reason: SctpCloseReason.PeerAborted, Cause: SctpCause.UserInitiatedAbort or SctpCause.None } =>
            new StreamsEvent.Broken(CallFailure.None, "The other side ended the call."), // how browsers and aiortc close
        DataChannelEvent.Ended { Reason: SctpCloseReason.PeerUnreachable } => new StreamsEvent.Broken(CallFailure.PathLost, "The other side does not answer any more."),
        DataChannelEvent.Ended ended => new StreamsEvent.Broken(CallFailure.Handshake, $"The conversation broke: {ended.Reason}."),
        _ => null,
    };
}
