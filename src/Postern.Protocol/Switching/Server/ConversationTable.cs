using Postern.Protocol.Net;
using Postern.Protocol.Switching.Frames;

namespace Postern.Protocol.Switching.Server;

/// <summary>Who is in conversation with whom: the right to TURN credentials and to presence comes from here.</summary>
internal sealed class ConversationTable(SwitchboardOptions options, ExpiryHeap expiries, NameDirectory names, SwitchboardOutbox outbox)
{
    private readonly Dictionary<ConversationKey, Conversation> _conversations = [];

    public int Count => _conversations.Count;

    /// <summary>Finds or opens the session of the two, and counts it as alive; false when the first has opened too many.</summary>
    public bool TryEnter(string session, Mailbox self, Mailbox peer, Instant now)
    {
        if (!_conversations.TryGetValue(ConversationKey.Of(session, self.Name, peer.Name), out var conversation))
        {
            if (self.Opened >= options.SessionsPerName)
            {
                return false;
            }

            conversation = new Conversation(session, self.Name, peer.Name);
            _conversations.Add(conversation.Key, conversation);
            self.Conversations.Add(conversation);
            peer.Conversations.Add(conversation);
            self.Opened++;
        }

        expiries.Set(conversation, now + options.SessionIdle);
        return true;
    }

    public void Leave(string session, Mailbox self, Mailbox peer, Instant now)
    {
        if (_conversations.TryGetValue(ConversationKey.Of(session, self.Name, peer.Name), out var conversation))
        {
            End(conversation, now);
        }
    }

    public void End(Conversation conversation, Instant now)
    {
        _conversations.Remove(conversation.Key);
        expiries.Remove(conversation);
        if (names.Find(conversation.Opener, now) is { } opener)
        {
            opener.Opened -= opener.Conversations.Remove(conversation) ? 1 : 0;
        }

        names.Find(conversation.Other, now)?.Conversations.Remove(conversation);
    }

    /// <summary>Those that a former run of the program has opened: it will not come back to them.</summary>
    public void EndOpenedBy(Mailbox self, Instant now)
    {
        foreach (var conversation in self.Conversations.Where(conversation => conversation.Opener == self.Name).ToArray())
        {
            End(conversation, now);
        }
    }

    public void EndAll(Mailbox self, Instant now)
    {
        foreach (var conversation in self.Conversations.ToArray())
        {
            End(conversation, now);
        }
    }

    public static bool AreIn(Mailbox self, string peer) =>
        self.Conversations.Any(conversation => conversation.Opener == peer || conversation.Other == peer);

    /// <summary>Tells everyone with whom this name is in conversation that it came or went.</summary>
    public void Announce(Mailbox self, bool online, Instant now)
    {
        var frame = FrameCodec.Write(new ServerFrame.Presence(self.Name, online));
        foreach (var peer in self.Conversations.Select(conversation => conversation.Opener == self.Name ? conversation.Other : conversation.Opener).Distinct())
        {
            if (peer != self.Name && names.Find(peer, now)?.Attachment is { } attachment)
            {
                outbox.Send(attachment, frame);
            }
        }
    }
}
