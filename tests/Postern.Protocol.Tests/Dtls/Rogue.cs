using Postern.Protocol.Net;
using Postern.Sessions.Dtls;
using Postern.Sessions.Dtls.Handshake;
using Postern.Sessions.Dtls.Messages;
using Postern.Sessions.Dtls.Records;
using Postern.Tests.Kit;

namespace Postern.Tests.Dtls;

/// <summary>
/// A peer that knows the protocol and keeps to none of its rules: it sends any message at any time, with a transcript, keys
/// and a Finished that fit what it sent. Its victim is a real connection.
/// </summary>
internal sealed class Rogue : IDisposable
{
    private readonly RecordLayer _records = new();
    private readonly Reassembly _inbox = new();
    private readonly byte[] _buffer = new byte[20_000];
    private readonly bool _isClient;
    private bool _hasKeys;

    public Rogue(DtlsRole victim, DtlsCertificate? certificate = null, Func<DtlsOptions, DtlsOptions>? options = null)
    {
        _isClient = victim == DtlsRole.Server;
        var ours = certificate ?? Honest(_isClient);
        var expected = new DtlsOptions { Certificate = Honest(!_isClient), ExpectedFingerprint = Honest(_isClient).Fingerprint };
        Victim = new(new(victim, options?.Invoke(expected) ?? expected, new SeededRandom(2)));
        Context = new(_isClient ? DtlsRole.Client : DtlsRole.Server, new() { Certificate = ours }, _records);
        Context.DrawRandom(new SeededRandom(3));
        Point = Context.KeyShare.Point;
    }

    public Side Victim { get; }

    public HandshakeContext Context { get; }

    public Instant Now { get; private set; }

    /// <summary>What the victim said.</summary>
    public List<(HandshakeType Type, byte[] Body)> Heard { get; } = [];

    /// <summary>Plain alerts of the victim.</summary>
    public List<DtlsAlert> Alerts { get; } = [];

    /// <summary>The key share to show; signed whatever it is.</summary>
    public byte[] Point { get; set; }

    /// <summary>Bends a message before it is sent, after it was signed.</summary>
    public Func<HandshakeType, byte[], byte[]> Bend { get; set; } = (_, body) => body;

    /// <summary>The Finished that <see cref="Protect"/> did not send, with its header.</summary>
    public byte[] HonestFinished { get; private set; } = [];

    public DtlsFailure Failure => Victim.Failed?.Reason ?? DtlsFailure.None;

    /// <summary>As a client: says hello and takes the server's flight.</summary>
    public Rogue Hello(byte[]? hello = null) => Send(HandshakeType.ClientHello, hello ?? Hellos.Client(Context.ClientRandom)).Flush();

    /// <summary>As a server: lets the victim say hello.</summary>
    public Rogue Listen()
    {
        Victim.Connection.Start(Now);
        return Drain();
    }

    /// <summary>Sends the messages in this order, in one flight.</summary>
    public Rogue Flight(params HandshakeType[] types)
    {
        foreach (var type in types)
        {
            Send(type);
        }

        return Flush();
    }

    public Rogue Send(HandshakeType type)
    {
        if (type == HandshakeType.Finished)
        {
            EnsureKeys();
            Context.SendFinished();
            return this;
        }

        Send(type, Bend(type, Body(type)));
        if (type == HandshakeType.ClientKeyExchange)
        {
            EnsureKeys();
        }

        return this;
    }

    public Rogue Send(HandshakeType type, byte[] body)
    {
        Context.Send(type, body);
        return this;
    }

    /// <summary>Sends a record under our keys, or in plain.</summary>
    public Rogue SendRecord(ContentType type, ushort epoch, ReadOnlySpan<byte> content)
    {
        var length = _records.Write(type, epoch, content, _buffer);
        Victim.Connection.HandleDatagram(_buffer.AsSpan(0, length), Victim.Inbox, Now);
        return Drain();
    }

    /// <summary>Puts our keys in place for writing without a Finished.</summary>
    public Rogue Protect()
    {
        EnsureKeys();
        Context.SendFinished();
        HonestFinished = Context.Flight.Items[^1].Bytes;
        Context.Flight.Clear();
        return this;
    }

    /// <summary>Hands what was sent to the victim, and hears its answer.</summary>
    public Rogue Flush()
    {
        while (Context.Flight.IsPending)
        {
            var length = Context.Flight.Write(_buffer.AsSpan(0, 1200), _records);
            Victim.Connection.HandleDatagram(_buffer.AsSpan(0, length), Victim.Inbox, Now);
            if (!Context.Flight.IsPending)
            {
                Context.Flight.Clear();
            }
        }

        return Drain();
    }

    /// <summary>Lets the victim's deadlines pass for some seconds.</summary>
    public Rogue Wait(double seconds = 40)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        while (Victim.Connection.NextDeadline <= end)
        {
            Now = Victim.Connection.NextDeadline;
            Victim.Connection.HandleDeadline(Now);
            Drain();
        }

        Now = end;
        return this;
    }

    public void Dispose()
    {
        Victim.Connection.Dispose();
        Context.Dispose();
        _records.Dispose();
    }

    private static DtlsCertificate Honest(bool client) => client ? Certificates.Client : Certificates.Server;

    private byte[] Body(HandshakeType type)
    {
        var writer = new WireWriter(new byte[2048]);
        switch (type)
        {
            case HandshakeType.ServerHello:
                return Hellos.Server(Context.ServerRandom);
            case HandshakeType.Certificate:
                CertificateMessage.Write(ref writer, Context.Options.Certificate.Der);
                break;
            case HandshakeType.ServerKeyExchange:
                ServerKeyExchange.WriteParameters(ref writer, Point);
                var signature = Context.Options.Certificate.Sign(Context.HashKeyExchange(writer.Written));
                writer = new WireWriter(new byte[2048]);
                ServerKeyExchange.Write(ref writer, Point, signature);
                break;
            case HandshakeType.CertificateRequest:
                CertificateRequest.Write(ref writer);
                break;
            case HandshakeType.ClientKeyExchange:
                ClientKeyExchange.Write(ref writer, Point);
                break;
            case HandshakeType.CertificateVerify:
                CertificateVerify.Write(ref writer, Context.Options.Certificate.Sign(Context.Transcript.Current()));
                break;
        }

        return writer.Written.ToArray();
    }

    private void EnsureKeys()
    {
        if (!_hasKeys)
        {
            var (_, body) = Heard.Find(m => m.Type is HandshakeType.ServerKeyExchange or HandshakeType.ClientKeyExchange);
            var point = body is null ? Context.KeyShare.Point : body.AsSpan(_isClient ? 4 : 1, P256.PointSize);
            _hasKeys = Context.TryDeriveKeys(point);
        }
    }

    private Rogue Drain()
    {
        while (Victim.Connection.TryTransmit(_buffer, out var length))
        {
            var datagram = _buffer.AsSpan(0, length).ToArray();
            Victim.Sent.Add(datagram);
            Hear(datagram);
        }

        while (Victim.Connection.TryTakeEvent(out var happened))
        {
            Victim.Events.Add(happened);
        }

        return this;
    }

    private void Hear(ReadOnlySpan<byte> datagram)
    {
        while (RecordHeader.TryParse(datagram, out var header))
        {
            var content = datagram[RecordHeader.Size..header.WholeSize];
            datagram = datagram[header.WholeSize..];
            if (header.Epoch == 0 && header.Type == ContentType.Alert)
            {
                Alerts.Add((DtlsAlert)content[1]);
            }

            if (header.Epoch == 1 && !TryOpen(header, content, out content))
            {
                continue;
            }

            while (header.Type == ContentType.Handshake && HandshakeFragment.TryParse(content, out var fragment))
            {
                content = content[fragment.WholeSize..];
                _inbox.Accept(header.Epoch, fragment);
                HearMessages();
            }
        }
    }

    private bool TryOpen(RecordHeader header, ReadOnlySpan<byte> content, out ReadOnlySpan<byte> plaintext)
    {
        plaintext = default;
        EnsureKeys();
        return _hasKeys && _records.TryOpen(header, content, out plaintext);
    }

    private void HearMessages()
    {
        while (_inbox.TryPeek(out var message))
        {
            _inbox.Advance();
            if (_isClient && message.Type == HandshakeType.ServerHello)
            {
                message.Body.Slice(2, 32).CopyTo(Context.ServerRandom);
            }
            else if (message.Type == HandshakeType.ClientHello)
            {
                message.Body.Slice(2, 32).CopyTo(Context.ClientRandom);
            }

            Context.Transcript.Add(message);
            Heard.Add((message.Type, message.Body.ToArray()));
            if (message.Type == HandshakeType.ClientKeyExchange)
            {
                EnsureKeys(); // the session hash ends here
            }
        }
    }
}
