using Postern.Protocol.Net;
using Postern.Protocol.Switching.Frames;

namespace Postern.Protocol.Switching.Server;

/// <summary>
/// Carries signals. Each waits in its receiver's mailbox until the receiver acknowledges it, and only then is its sender told;
/// until then the sender repeats it after every reconnection. So it arrives, or its sender hears why not, even if the
/// switchboard loses its memory; and receivers drop what comes twice.
/// </summary>
internal sealed class SignalDesk(SwitchboardOptions options, NameDirectory names, ConversationTable conversations, SwitchboardOutbox outbox)
{
    public void Signal(Attachment sender, Mailbox self, ClientFrame.Signal signal, Instant now)
    {
        if (names.Find(signal.To, now) is not { } peer)
        {
            outbox.Refuse(sender, Missing(signal.To), signal.Seq, signal.Session);
            return;
        }

        if (peer.Holds(self.Name, self.Run, signal.Seq))
        {
            outbox.Stats.SignalsRepeated++;
            return;
        }

        if (signal.Kind != SignalKind.Bye && !conversations.TryEnter(signal.Session, self, peer, now))
        {
            outbox.Refuse(sender, RefusalCode.TooManySessions, signal.Seq, signal.Session);
            return;
        }

        var forwarded = new ServerFrame.Signal(self.Name, self.Key, self.Run, signal.Session, signal.Seq, signal.Kind, signal.Payload);
        var queued = new QueuedSignal(self.Name, self.Run, signal.Seq, FrameCodec.Write(forwarded));
        if (!peer.TryQueue(queued, options))
        {
            outbox.Refuse(sender, RefusalCode.QueueFull, signal.Seq, signal.Session);
            return;
        }

        outbox.Stats.SignalsAccepted++;
        if (signal.Kind == SignalKind.Bye)
        {
            conversations.Leave(signal.Session, self, peer, now);
        }

        if (peer.Attachment is { } attachment)
        {
            outbox.Send(attachment, queued.Frame);
        }
    }

    public void Ack(Mailbox self, ClientFrame.Ack ack, Instant now)
    {
        if (!self.Acknowledge(ack.From, ack.Run, ack.Seq))
        {
            return; // the same signal went out over two connections and was acknowledged on both
        }

        outbox.Stats.SignalsDelivered++;
        if (names.Find(ack.From, now) is { Attachment: { } sender } mailbox && mailbox.Run == ack.Run)
        {
            outbox.Send(sender, new ServerFrame.Ack(ack.Seq));
        }
    }

    public void Turn(Attachment asker, Mailbox self, ClientFrame.Turn turn, MintTurn? mint, Instant now)
    {
        if (names.Find(turn.Peer, now) is not { } peer)
        {
            outbox.Refuse(asker, Missing(turn.Peer), session: turn.Session);
        }
        else if (!conversations.TryEnter(turn.Session, self, peer, now))
        {
            outbox.Refuse(asker, RefusalCode.TooManySessions, session: turn.Session);
        }
        else if (mint?.Invoke(turn.Session, self.Name) is { } grant)
        {
            outbox.Send(asker, new ServerFrame.Turn(turn.Session, grant));
        }
        else
        {
            outbox.Refuse(asker, RefusalCode.NoRelay, session: turn.Session);
        }
    }

    public void Presence(Attachment asker, Mailbox self, string peer, Instant now)
    {
        if (ConversationTable.AreIn(self, peer))
        {
            outbox.Send(asker, new ServerFrame.Presence(peer, names.Find(peer, now)?.Attachment is not null));
        }
        else
        {
            outbox.Refuse(asker, RefusalCode.NotInConversation);
        }
    }

    /// <summary>The name has been away for too long: those who wait for it are told.</summary>
    public void GiveUp(Mailbox away, Instant now)
    {
        conversations.EndAll(away, now);
        names.Remove(away);
        foreach (var queued in away.Queue)
        {
            if (names.Find(queued.From, now) is { Attachment: { } sender } mailbox && mailbox.Run == queued.Run)
            {
                outbox.Refuse(sender, RefusalCode.PeerOffline, queued.Seq);
            }
        }
    }

    private RefusalCode Missing(string name) => names.KeyOf(name) is null ? RefusalCode.NoSuchName : RefusalCode.PeerOffline;
}
