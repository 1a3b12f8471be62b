using Postern.Protocol.Net;

namespace Postern.Protocol.Switching.Server;

/// <summary>The names and keys that are known, and the mailboxes of those that are here or were until a moment ago.</summary>
internal sealed class NameDirectory(SwitchboardOptions options, ExpiryHeap expiries, Instant started)
{
    private readonly Dictionary<string, string> _keys = [];
    private readonly Dictionary<string, Mailbox> _mailboxes = [];

    public int Names => _keys.Count;

    public void Add(string name, string key) => _keys[name] = key;

    public string? KeyOf(string name) => _keys.GetValueOrDefault(name);

    /// <summary>The mailbox of who is online or briefly away. After a start every known name counts as briefly away.</summary>
    public Mailbox? Find(string name, Instant now)
    {
        if (_mailboxes.TryGetValue(name, out var mailbox))
        {
            return mailbox;
        }

        if (now >= started + options.Retention || !_keys.TryGetValue(name, out var key))
        {
            return null;
        }

        mailbox = Open(name, key);
        expiries.Set(mailbox, started + options.Retention);
        return mailbox;
    }

    /// <summary>The mailbox of who logs in.</summary>
    public Mailbox Enter(string name, string key) => _mailboxes.TryGetValue(name, out var mailbox) ? mailbox : Open(name, key);

    public void Remove(Mailbox mailbox) => _mailboxes.Remove(mailbox.Name);

    private Mailbox Open(string name, string key)
    {
        var mailbox = new Mailbox(name, key);
        _mailboxes.Add(name, mailbox);
        return mailbox;
    }
}
