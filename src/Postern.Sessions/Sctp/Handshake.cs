using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>
/// Sets an association up: by four packets (RFC 9260 §5.1), both ends at once if need be (§5.2), or without any, the INIT chunks
/// having travelled in the signalling (draft-hancke-tsvwg-snap).
/// </summary>
internal sealed class Handshake
{
    private static readonly TimeSpan CookieLifetime = TimeSpan.FromSeconds(60); // RFC 9260 §16: Valid.Cookie.Life

    private readonly AssociationContext _context;
    private readonly DataSender _sender;
    private readonly DataReceiver _receiver;
    private readonly byte[] _cookieKey = new byte[StateCookie.KeySize];
    private byte[] _cookie = [];
    private int _transmissions;
    private bool _isSendDue;

    public Handshake(AssociationContext context, DataSender sender, DataReceiver receiver)
    {
        _context = context;
        _sender = sender;
        _receiver = receiver;
        context.Random.Fill(_cookieKey);
        var options = context.Options;
        context.Self = new(DrawTag(), (uint)options.ReceiveWindow, options.Streams, options.Streams, context.Random.NextUInt32(), true, true);
        sender.Start();
        Span<byte> init = stackalloc byte[64];
        LocalInit = init[..InitChunk.Write(init, SctpChunkType.Init, context.Self, default, default)].ToArray();
    }

    /// <summary>Our INIT chunk.</summary>
    public byte[] LocalInit { get; }

    public Instant NextDeadline { get; private set; } = Instant.Never;

    /// <summary>Whether INIT, or COOKIE ECHO with what data fits behind it, is to leave now.</summary>
    public bool IsSendDue => _isSendDue;

    public ReadOnlySpan<byte> Cookie => _cookie;

    public void Connect(Instant now)
    {
        if (_context.State == SctpState.Idle)
        {
            _context.State = SctpState.CookieWait;
            _transmissions = 0;
            Send(now);
        }
    }

    /// <summary>SNAP: both INITs are known; nothing needs to be sent.</summary>
    public bool StartFromSignalling(ReadOnlySpan<byte> remoteInit)
    {
        var reader = new ChunkReader(remoteInit);
        if (_context.State != SctpState.Idle || !reader.MoveNext() || reader.Current.Type != SctpChunkType.Init
            || InitChunk.TryRead(reader.Current, out var init) != SctpCause.None)
        {
            return false;
        }

        Establish(init.Peer);
        return true;
    }

    /// <summary>Answers with INIT ACK and remembers nothing (RFC 9260 §5.1 B, §5.2.1, §5.2.2).</summary>
    public void HandleInit(in Chunk chunk, Instant now)
    {
        var cause = InitChunk.TryRead(chunk, out var init);
        if (cause != SctpCause.None)
        {
            Refuse(cause, init.Peer.Tag);
            return;
        }

        if (_context.State == SctpState.ShutdownAckSent)
        {
            _context.Control.Add(SctpChunkType.ShutdownAck, 0, default); // RFC 9260 §9.2
            return;
        }

        var exists = _context.State is not (SctpState.Idle or SctpState.CookieWait or SctpState.CookieEchoed);
        var self = exists ? _context.Self with { Tag = DrawTag() } : _context.Self;
        Span<byte> cookie = stackalloc byte[StateCookie.Size];
        new StateCookie(now, self.Tag, init.Peer, exists ? _context.Self.Tag : 0).Write(cookie, _cookieKey);
        Span<byte> unrecognized = stackalloc byte[256];
        unrecognized = unrecognized[..CollectUnrecognized(in init, unrecognized)];
        Span<byte> answer = stackalloc byte[512];
        InitChunk.Write(answer, SctpChunkType.InitAck, self, cookie, unrecognized);
        var reader = new ChunkReader(answer);
        reader.MoveNext();
        _context.Control.AddAlone(SctpChunkType.InitAck, 0, init.Peer.Tag, reader.Current.Value);
    }

    /// <summary>RFC 9260 §5.1 C; elsewhere than in COOKIE-WAIT it is discarded (§5.2.3).</summary>
    public void HandleInitAck(in Chunk chunk, Instant now)
    {
        if (_context.State != SctpState.CookieWait)
        {
            return;
        }

        var cause = InitChunk.TryRead(chunk, out var init);
        if (cause == SctpCause.None && init.Cookie.IsEmpty)
        {
            cause = SctpCause.MissingMandatoryParameter;
        }

        if (cause != SctpCause.None || init.Cookie.Length > _context.Options.MaximumPacketSize - SctpPacket.HeaderSize - Chunk.HeaderSize)
        {
            _context.Peer = init.Peer;
            _context.Violate(cause == SctpCause.None ? SctpCause.OutOfResource : cause);
            return;
        }

        _cookie = init.Cookie.ToArray();
        Adopt(init.Peer);
        _context.State = SctpState.CookieEchoed;
        _transmissions = 0;
        Send(now);
    }

    /// <summary>RFC 9260 §5.1 D, §5.2.4.</summary>
    public void HandleCookieEcho(in Chunk chunk, uint verificationTag, Instant now)
    {
        if (!StateCookie.TryRead(chunk.Value, _cookieKey, out var cookie) || cookie.LocalTag != verificationTag)
        {
            return;
        }

        var isKnown = cookie.LocalTag == _context.Self.Tag && cookie.Peer.Tag == _context.Peer.Tag;
        if (!isKnown && now - cookie.Created > CookieLifetime)
        {
            Span<byte> value = stackalloc byte[8];
            ErrorCause.Write(value, SctpCause.StaleCookie, [0, 0, 0, 0]);
            _context.Control.AddAlone(SctpChunkType.Error, 0, cookie.Peer.Tag, value);
        }
        else if (cookie.LocalTag != _context.Self.Tag)
        {
            if (cookie.TieTag == _context.Self.Tag)
            {
                _context.Close(SctpCloseReason.PeerRestarted); // action A; over DTLS a restart comes with a new DTLS association
            }
        }
        else
        {
            if (_context.State is SctpState.Idle or SctpState.CookieWait or SctpState.CookieEchoed)
            {
                Establish(cookie.Peer); // actions B and D
            }

            _context.Control.Add(SctpChunkType.CookieAck, 0, default);
        }
    }

    /// <summary>COOKIE ACK (RFC 9260 §5.1 E), or any chunk that only an end with an association sends: the COOKIE ECHO has arrived.</summary>
    public void HandleProofOfAssociation()
    {
        if (_context.State == SctpState.CookieEchoed)
        {
            Enter();
        }
    }

    /// <summary>RFC 9260 §5.2.6: a stale cookie is fetched anew.</summary>
    public void HandleStaleCookie(Instant now)
    {
        if (_context.State == SctpState.CookieEchoed)
        {
            _context.State = SctpState.CookieWait;
            Send(now);
        }
    }

    public void HandleDeadline(Instant now)
    {
        if (NextDeadline > now)
        {
            return;
        }

        NextDeadline = Instant.Never;
        if (_context.State is not (SctpState.CookieWait or SctpState.CookieEchoed))
        {
            return;
        }

        if (_transmissions > _context.Options.MaximumInitRetransmissions)
        {
            _context.Close(SctpCloseReason.HandshakeTimedOut);
            return;
        }

        _context.Rtt.Backoff();
        if (_context.State == SctpState.CookieEchoed)
        {
            _sender.ResendAll();
        }

        Send(now);
    }

    /// <summary>INIT or COOKIE ECHO was written.</summary>
    public void OnSent(Instant now)
    {
        _isSendDue = false;
        _transmissions++;
        NextDeadline = now + _context.Rtt.Rto;
    }

    /// <summary>The path changed: what was sent last may be lost.</summary>
    public void Resend(Instant now)
    {
        if (_context.State is SctpState.CookieWait or SctpState.CookieEchoed)
        {
            _sender.ResendAll();
            _transmissions = 0;
            Send(now);
        }
    }

    private void Send(Instant now)
    {
        _isSendDue = true;
        NextDeadline = now + _context.Rtt.Rto;
    }

    private void Establish(in PeerParameters peer)
    {
        Adopt(peer);
        Enter();
    }

    private void Adopt(in PeerParameters peer)
    {
        _context.Peer = peer;
        _sender.Meet();
        _receiver.Start(); // no DATA is taken before the handshake is over
    }

    private void Enter()
    {
        _context.State = SctpState.Established;
        _context.PeerIsAlive();
        _isSendDue = false;
        NextDeadline = Instant.Never;
        _context.Events.Enqueue(new SctpEvent.Established());
    }

    private void Refuse(SctpCause cause, uint tag)
    {
        if (tag != 0)
        {
            Span<byte> value = stackalloc byte[8];
            _context.Control.AddAlone(SctpChunkType.Abort, 0, tag, value[..ErrorCause.Write(value, cause, default)]);
        }
    }

    private static int CollectUnrecognized(in InitChunk init, Span<byte> destination)
    {
        var length = 0;
        foreach (var parameter in init.Parameters)
        {
            if (InitChunk.IsKnown(parameter.Type))
            {
                continue;
            }

            var size = (Parameter.HeaderSize + parameter.Whole.Length + 3) & ~3;
            if (parameter.IsReportedWhenUnknown && length + size <= destination.Length)
            {
                length += InitChunk.WriteParameter(destination[length..], SctpParameterType.UnrecognizedParameter, parameter.Whole);
            }

            if (!parameter.IsSkippedWhenUnknown)
            {
                break;
            }
        }

        return length;
    }

    private uint DrawTag()
    {
        uint tag;
        do
        {
            tag = _context.Random.NextUInt32();
        }
        while (tag == 0);
        return tag;
    }
}
