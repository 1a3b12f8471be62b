using Postern.Protocol.Net;

namespace Postern.Protocol.Switching.Server;

/// <summary>
/// A name that is online, or was until a moment ago: where its signals wait, in order, until it acknowledges them. It expires
/// when it is away for too long.
/// </summary>
internal sealed class Mailbox(string name, string key) : Expiring
{
    private readonly List<QueuedSignal> _queue = [];
    private int _bytes;

    public string Name { get; } = name;

    public string Key { get; } = key;

    /// <summary>The run of the program that is, or was last, logged in; empty where none was since the switchboard's start.</summary>
    public string Run { get; set; } = "";

    /// <summary>Null while away.</summary>
    public Attachment? Attachment { get; set; }

    public IReadOnlyList<QueuedSignal> Queue => _queue;

    /// <summary>Sessions by which others, or this name itself, count this name in.</summary>
    public HashSet<Conversation> Conversations { get; } = [];

    /// <summary>How many of them this name has opened.</summary>
    public int Opened { get; set; }

    public bool Holds(string from, string run, long seq) => Find(from, run, seq) >= 0;

    /// <summary>False when the queue is full, or the sender's half of it.</summary>
    public bool TryQueue(QueuedSignal signal, SwitchboardOptions options)
    {
        int count = 0, bytes = signal.Frame.Length;
        foreach (var queued in _queue)
        {
            if (queued.From == signal.From)
            {
                count++;
                bytes += queued.Frame.Length;
            }
        }

        if (_queue.Count >= options.QueueSignals || _bytes + signal.Frame.Length > options.QueueBytes
            || count >= options.QueueSignals / 2 || bytes > options.QueueBytes / 2)
        {
            return false;
        }

        _queue.Add(signal);
        _bytes += signal.Frame.Length;
        return true;
    }

    /// <summary>False when it was not there.</summary>
    public bool Acknowledge(string from, string run, long seq)
    {
        var at = Find(from, run, seq);
        if (at < 0)
        {
            return false;
        }

        _bytes -= _queue[at].Frame.Length;
        _queue.RemoveAt(at);
        return true;
    }

    private int Find(string from, string run, long seq)
    {
        for (var i = 0; i < _queue.Count; i++)
        {
            if (_queue[i].Seq == seq && _queue[i].From == from && _queue[i].Run == run)
            {
                return i;
            }
        }

        return -1;
    }
}
