using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Frames;
using Postern.Protocol.Switching.Identity;

namespace Postern.Protocol.Switching.Server;

/// <summary>
/// The switching server as a machine: peers log in with a name and a key and signal to each other. Its streams are named by
/// connection ids. Law: touch, drain events, then frames, to empty, touch again. Nothing that arrives makes it throw.
/// </summary>
public sealed class Switchboard
{
    private readonly SwitchboardOptions _options;
    private readonly MintTurn? _mint;
    private readonly SwitchboardOutbox _outbox = new();
    private readonly ExpiryHeap _expiries = new();
    private readonly Dictionary<ConnectionId, Attachment> _attachments = [];
    private readonly Dictionary<IpAddress, AddressQuota> _addresses = [];
    private readonly NameDirectory _names;
    private readonly ConversationTable _conversations;
    private readonly LoginDesk _login;
    private readonly SignalDesk _signals;
    private int _pending;

    /// <param name="options">The limits.</param>
    /// <param name="identity">The server's own key, which clients may pin.</param>
    /// <param name="random">For challenges.</param>
    /// <param name="mint">Makes TURN credentials; null where there is no relay.</param>
    /// <param name="now">The start: for a while after it, every known name counts as just away.</param>
    public Switchboard(SwitchboardOptions options, PeerIdentity identity, IRandom random, MintTurn? mint, Instant now)
    {
        _options = options;
        _mint = mint;
        _names = new(options, _expiries, now);
        _conversations = new(options, _expiries, _names, _outbox);
        _login = new(options, _names, identity, random);
        _signals = new(options, _names, _conversations, _outbox);
    }

    public SwitchboardStats Stats => _outbox.Stats;

    public int Connections => _attachments.Count;

    public int Names => _names.Names;

    public int Sessions => _conversations.Count;

    public Instant NextDeadline => _expiries.Next;

    /// <summary>A name from storage: known from now on, even if it is reserved.</summary>
    public void Load(string name, string key)
    {
        if (!PeerName.IsCanonical(name) || !PeerKey.IsWellFormed(key))
        {
            throw new ArgumentException($"'{name}' is no name with its key.", nameof(name));
        }

        _names.Add(name, key);
    }

    /// <summary>A stream was accepted. An id is used once.</summary>
    public void HandleOpened(ConnectionId connection, Endpoint remote, Instant now)
    {
        if (_attachments.ContainsKey(connection))
        {
            throw new ArgumentException($"{connection} is open already.", nameof(connection));
        }

        Stats.Opened++;
        var address = Quota(remote.Address, now);
        if (address.Connections >= _options.ConnectionsPerAddress)
        {
            TurnAway(connection, remote, RefusalCode.TooManyConnections);
        }
        else if (_attachments.Count >= _options.MaximumConnections || _pending >= _options.PendingConnections)
        {
            TurnAway(connection, remote, RefusalCode.ServerFull);
        }
        else
        {
            var attachment = new Attachment(connection, remote, address, _options, now);
            _attachments.Add(connection, attachment);
            _expiries.Set(attachment, now + _options.LoginTimeout);
            _expiries.Remove(address);
            address.Connections++;
            _pending++;
        }

        Release(address);
    }

    /// <summary>A text message of a stream; of an oversized one at least the first <see cref="FrameLimits.FrameBytes"/> + 1 bytes.</summary>
    public void HandleFrame(ConnectionId connection, ReadOnlySpan<byte> utf8, Instant now)
    {
        if (!_attachments.TryGetValue(connection, out var attachment))
        {
            return; // it was ended while this frame was on its way
        }

        Stats.FramesIn++;
        if (!attachment.TryPay(utf8.Length, now))
        {
            Expel(attachment, RefusalCode.TooFast, RefusalCode.TooFast.Sentence(), now);
            return;
        }

        var error = FrameCodec.TryParse(utf8, out ClientFrame? frame);
        if (error != FrameError.None)
        {
            Expel(attachment, RefusalCode.Malformed, error.Sentence(), now);
            return;
        }

        var code = Dispatch(attachment, frame!, now);
        if (code is not null)
        {
            Expel(attachment, code.Value, code.Value.Sentence(), now);
        }
        else if (attachment.Mailbox is not null)
        {
            _expiries.Set(attachment, now + _options.IdleTimeout);
        }
    }

    /// <summary>A binary message, which this protocol does not have.</summary>
    public void HandleBinary(ConnectionId connection, Instant now)
    {
        if (_attachments.TryGetValue(connection, out var attachment))
        {
            Expel(attachment, RefusalCode.Malformed, FrameError.NotText.Sentence(), now);
        }
    }

    /// <summary>The stream has ended, whoever ended it.</summary>
    public void HandleClosed(ConnectionId connection, Instant now)
    {
        if (_attachments.TryGetValue(connection, out var attachment))
        {
            Detach(attachment, now);
        }
    }

    public void HandleDeadline(Instant now)
    {
        while (_expiries.TryTake(now, out var ended))
        {
            switch (ended)
            {
                case Attachment attachment:
                    Expel(attachment, RefusalCode.TooSlow, RefusalCode.TooSlow.Sentence(), now);
                    break;
                case Mailbox away:
                    _signals.GiveUp(away, now);
                    break;
                case Conversation conversation:
                    _conversations.End(conversation, now);
                    break;
                case AddressQuota address:
                    _addresses.Remove(address.Prefix);
                    break;
            }
        }
    }

    /// <summary>Says goodbye to everybody.</summary>
    public void Stop(Instant now)
    {
        foreach (var attachment in _attachments.Values.ToArray())
        {
            _outbox.SendAndClose(attachment.Id, new ServerFrame.Bye(ByeReason.Stopping));
            Detach(attachment, now, announce: false);
        }
    }

    public bool TryTakeFrame(out OutgoingFrame frame) => _outbox.TryTakeFrame(out frame);

    public bool TryTakeEvent([NotNullWhen(true)] out SwitchboardEvent? happened) => _outbox.TryTakeEvent(out happened);

    private RefusalCode? Dispatch(Attachment attachment, ClientFrame frame, Instant now)
    {
        switch (frame)
        {
            case ClientFrame.Hello hello:
                return Greet(attachment, hello);
            case ClientFrame.Prove prove:
                return Admit(attachment, prove, now);
        }

        if (attachment.Mailbox is not { } self)
        {
            return RefusalCode.OutOfPlace;
        }

        switch (frame)
        {
            case ClientFrame.Signal signal:
                _signals.Signal(attachment, self, signal, now);
                break;
            case ClientFrame.Ack ack:
                _signals.Ack(self, ack, now);
                break;
            case ClientFrame.Turn turn:
                _signals.Turn(attachment, self, turn, _mint, now);
                break;
            case ClientFrame.Presence presence:
                _signals.Presence(attachment, self, presence.Name, now);
                break;
            case ClientFrame.Ping:
                _outbox.Send(attachment, new ServerFrame.Pong());
                break;
        }

        return null;
    }

    private RefusalCode? Greet(Attachment attachment, ClientFrame.Hello hello)
    {
        var code = _login.Hello(attachment, hello);
        if (attachment.Challenge is { } challenge && code is null)
        {
            _outbox.Send(attachment, new ServerFrame.Challenge(challenge.Challenge, challenge.ServerKey));
        }

        return code;
    }

    private RefusalCode? Admit(Attachment attachment, ClientFrame.Prove prove, Instant now)
    {
        var proof = attachment.Challenge;
        var code = _login.Prove(attachment, prove.Signature, now, out var claimed);
        if (code is not null)
        {
            return code;
        }

        var hello = attachment.Hello!;
        if (claimed)
        {
            Stats.Claimed++;
            _outbox.Tell(new SwitchboardEvent.NameClaimed(hello.Name, hello.Key));
        }

        var self = _names.Enter(hello.Name, hello.Key);
        if (self.Attachment is { } former)
        {
            _outbox.SendAndClose(former.Id, new ServerFrame.Bye(ByeReason.Replaced));
            Detach(former, now, announce: false);
        }

        Attach(attachment, self, now);
        var countersign = _login.Countersign(proof!, prove.Signature);
        _outbox.Send(attachment, new ServerFrame.Welcome(self.Name, countersign, claimed, attachment.Remote.ToString(), [.. _options.Relays]));
        foreach (var queued in self.Queue)
        {
            _outbox.Send(attachment, queued.Frame);
        }

        _conversations.Announce(self, online: true, now);
        return null;
    }

    private void Attach(Attachment attachment, Mailbox self, Instant now)
    {
        var run = attachment.Hello!.Run;
        if (self.Run != run)
        {
            _conversations.EndOpenedBy(self, now);
            self.Run = run;
        }

        Stats.LoggedIn++;
        _pending--;
        _expiries.Remove(self);
        self.Attachment = attachment;
        attachment.Mailbox = self;
        _outbox.Tell(new SwitchboardEvent.LoggedIn(self.Name, attachment.Id, attachment.Remote));
    }

    private void Expel(Attachment attachment, RefusalCode code, string sentence, Instant now)
    {
        Stats.Expelled++;
        _outbox.SendAndClose(attachment.Id, new ServerFrame.Refused(code, sentence));
        _outbox.Tell(new SwitchboardEvent.Expelled(attachment.Id, attachment.Remote, code, sentence));
        Detach(attachment, now);
    }

    private void TurnAway(ConnectionId connection, Endpoint remote, RefusalCode code)
    {
        Stats.Expelled++;
        _outbox.SendAndClose(connection, new ServerFrame.Refused(code, code.Sentence()));
        _outbox.Tell(new SwitchboardEvent.Expelled(connection, remote, code, code.Sentence()));
    }

    private void Detach(Attachment attachment, Instant now, bool announce = true)
    {
        _attachments.Remove(attachment.Id);
        _expiries.Remove(attachment);
        attachment.Address.Connections--;
        Release(attachment.Address);
        if (attachment.Mailbox is not { } self)
        {
            _pending--;
            return;
        }

        attachment.Mailbox = null;
        self.Attachment = null;
        _expiries.Set(self, now + _options.Retention);
        _outbox.Tell(new SwitchboardEvent.LoggedOut(self.Name, attachment.Id));
        if (announce)
        {
            _conversations.Announce(self, online: false, now);
        }
    }

    private AddressQuota Quota(IpAddress address, Instant now)
    {
        var prefix = AddressQuota.PrefixOf(address);
        if (!_addresses.TryGetValue(prefix, out var quota))
        {
            quota = new AddressQuota(prefix, _options.ClaimsPerAddress, now);
            _addresses.Add(prefix, quota);
        }

        return quota;
    }

    // An address that has nothing here is forgotten once its claims are forgiven, so that reconnecting wins no new ones.
    private void Release(AddressQuota address)
    {
        if (address.Connections == 0)
        {
            _expiries.Set(address, address.ForgivenAt);
        }
    }
}
