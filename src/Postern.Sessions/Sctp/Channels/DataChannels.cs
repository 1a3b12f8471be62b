using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>
/// The data channels of one association (RFC 8831, RFC 8832). Takes the association's events, so its owner takes only these;
/// packets and deadlines still go to <see cref="Association"/>.
/// </summary>
public sealed class DataChannels
{
    private const int MaximumChannels = 4096;
    private const int MaximumLabelBytes = 1 << 20; // of all channels that the peer opened

    private readonly Dictionary<ushort, DataChannel> _channels = [];
    private readonly Queue<DataChannelEvent> _events = new();
    private readonly ushort _firstId;
    private int _labelBytes;

    /// <param name="association">Whose streams become channels.</param>
    /// <param name="isDtlsClient">The DTLS client opens even streams, the server odd ones (RFC 8832 §6).</param>
    public DataChannels(SctpAssociation association, bool isDtlsClient)
    {
        Association = association;
        _firstId = isDtlsClient ? (ushort)0 : (ushort)1;
    }

    public SctpAssociation Association { get; }

    public IReadOnlyCollection<DataChannel> Channels => _channels.Values;

    /// <summary>Messages that came on streams without a channel, or with a payload protocol of no meaning here.</summary>
    public long MessagesIgnored { get; private set; }

    /// <summary>
    /// Opens a channel; messages may be sent at once, before the peer and even the association are there. Throws where no stream
    /// is free, the negotiated number is taken, or the association is over.
    /// </summary>
    public DataChannel Open(string label, DataChannelOptions options, Instant now)
    {
        options.Validate();
        if (Association.IsClosed)
        {
            throw new InvalidOperationException("The association is over.");
        }

        var id = options.NegotiatedId ?? FreeId();
        if (_channels.ContainsKey(id))
        {
            throw new ArgumentException($"Stream {id} has a channel.", nameof(options));
        }

        var channel = new DataChannel(this, id, label, options);
        if (options.NegotiatedId is null)
        {
            if (Association.Send(id, PayloadProtocol.Dcep, new ChannelOpenMessage(label, options).ToBytes(), default, now) != SendResult.Accepted)
            {
                throw new InvalidOperationException("The association takes no message now.");
            }
        }
        else
        {
            channel.IsConfirmed = true;
            if (Association.IsEstablished)
            {
                Confirm(channel, byPeer: false);
            }
        }

        _channels.Add(id, channel);
        return channel;
    }

    /// <summary>Takes the oldest event; false when there is none.</summary>
    public bool TryTakeEvent([NotNullWhen(true)] out DataChannelEvent? happened)
    {
        while (_events.Count == 0 && Association.TryTakeEvent(out var beneath))
        {
            Handle(beneath);
        }

        return _events.TryDequeue(out happened);
    }

    internal void Close(DataChannel channel, Instant now)
    {
        if (channel.State is DataChannelState.Opening or DataChannelState.Open)
        {
            channel.State = DataChannelState.Closing;
            Association.ResetStream(channel.Id, now);
        }
    }

    private void Handle(SctpEvent happened)
    {
        switch (happened)
        {
            case SctpEvent.MessageReceived message:
                OnMessage(message);
                break;
            case SctpEvent.StreamsReset reset:
                OnReset(reset);
                break;
            case SctpEvent.Established:
                OnEstablished();
                break;
            case SctpEvent.SendBufferDrained:
                _events.Enqueue(new DataChannelEvent.SendBufferDrained());
                break;
            case SctpEvent.Closed closed:
                OnClosed(closed);
                break;
        }
    }

    private void OnEstablished()
    {
        _events.Enqueue(new DataChannelEvent.Established());
        foreach (var channel in _channels.Values)
        {
            if (channel.Options.NegotiatedId is not null)
            {
                Confirm(channel, byPeer: false);
            }
        }
    }

    private void OnMessage(SctpEvent.MessageReceived message)
    {
        if (message.PayloadProtocol == PayloadProtocol.Dcep)
        {
            OnControl(message);
            return;
        }

        bool? isText = message.PayloadProtocol switch
        {
            PayloadProtocol.Text or PayloadProtocol.TextPartial or PayloadProtocol.TextEmpty => true,
            PayloadProtocol.Binary or PayloadProtocol.BinaryPartial or PayloadProtocol.BinaryEmpty => false,
            _ => null,
        };
        if (isText is null || !_channels.TryGetValue(message.Stream, out var channel))
        {
            MessagesIgnored++;
            return;
        }

        var isEmpty = message.PayloadProtocol is PayloadProtocol.TextEmpty or PayloadProtocol.BinaryEmpty;
        _events.Enqueue(new DataChannelEvent.MessageReceived(channel, isText.Value, isEmpty ? default : message.Payload));
    }

    private void OnControl(SctpEvent.MessageReceived message)
    {
        var payload = message.Payload.Span;
        if (payload[0] == ChannelOpenMessage.AckType && _channels.TryGetValue(message.Stream, out var channel))
        {
            Confirm(channel, byPeer: false);
        }
        else if (payload[0] == ChannelOpenMessage.Type)
        {
            OnOpen(message.Stream, payload);
        }
        else
        {
            MessagesIgnored++;
        }
    }

    private void OnOpen(ushort id, ReadOnlySpan<byte> payload)
    {
        var now = Association.LastTouch;
        var isTheirs = (id & 1) != _firstId && !_channels.ContainsKey(id);
        if (!isTheirs || _channels.Count >= MaximumChannels || _labelBytes + payload.Length > MaximumLabelBytes
            || !ChannelOpenMessage.TryRead(payload, out var open))
        {
            MessagesIgnored++;
            if (!_channels.ContainsKey(id))
            {
                Association.ResetStream(id, now); // RFC 8832 §6: a channel that cannot be is closed
            }

            return;
        }

        _labelBytes += payload.Length;
        var channel = new DataChannel(this, id, open!.Label, open.Options) { OpenBytes = payload.Length };
        _channels.Add(id, channel);
        Association.Send(id, PayloadProtocol.Dcep, [ChannelOpenMessage.AckType], default, now);
        Confirm(channel, byPeer: true);
    }

    private void Confirm(DataChannel channel, bool byPeer)
    {
        channel.IsConfirmed = true;
        if (channel.State == DataChannelState.Opening)
        {
            channel.State = DataChannelState.Open;
            _events.Enqueue(new DataChannelEvent.ChannelOpened(channel, byPeer));
        }
    }

    /// <summary>A channel is closed when both directions are reset; when the peer resets its own, ours follows (RFC 8831 §6.7).</summary>
    private void OnReset(SctpEvent.StreamsReset reset)
    {
        foreach (var id in reset.Streams.Count == 0 ? [.. _channels.Keys] : reset.Streams)
        {
            if (!_channels.TryGetValue(id, out var channel))
            {
                continue;
            }

            channel.IsResetByPeer |= reset.ByPeer || !Association.PeerResetsStreams;
            channel.IsResetByUs |= !reset.ByPeer;
            if (channel.IsResetByPeer && channel.IsResetByUs)
            {
                Remove(channel);
            }
            else
            {
                Close(channel, Association.LastTouch);
            }
        }
    }

    private void OnClosed(SctpEvent.Closed closed)
    {
        foreach (var channel in _channels.Values.ToArray())
        {
            Remove(channel);
        }

        _events.Enqueue(new DataChannelEvent.Ended(closed.Reason, closed.Cause));
    }

    private void Remove(DataChannel channel)
    {
        _channels.Remove(channel.Id);
        _labelBytes -= channel.OpenBytes;
        channel.State = DataChannelState.Closed;
        _events.Enqueue(new DataChannelEvent.ChannelClosed(channel));
    }

    private ushort FreeId()
    {
        for (int id = _firstId; id < ushort.MaxValue; id += 2)
        {
            if (!_channels.ContainsKey((ushort)id))
            {
                return (ushort)id;
            }
        }

        throw new InvalidOperationException("All streams have a channel.");
    }
}
