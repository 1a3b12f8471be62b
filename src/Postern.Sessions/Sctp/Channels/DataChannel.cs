using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>One data channel: a stream in each direction with one number (RFC 8831 §6.1). Belongs to one <see cref="DataChannels"/>.</summary>
public sealed class DataChannel
{
    private readonly DataChannels _channels;

    internal DataChannel(DataChannels channels, ushort id, string label, DataChannelOptions options)
    {
        _channels = channels;
        Id = id;
        Label = label;
        Options = options;
    }

    public ushort Id { get; }

    public string Label { get; }

    public DataChannelOptions Options { get; }

    public DataChannelState State { get; internal set; }

    /// <summary>Bytes that are accepted and neither acknowledged nor given up.</summary>
    public long BufferedAmount => _channels.Association.BufferedAmountOf(Id);

    /// <summary>Whether OPEN was confirmed, so that messages may overtake it (RFC 8832 §6).</summary>
    internal bool IsConfirmed { get; set; }

    /// <summary>Bytes of the peer's OPEN, which count while the channel exists.</summary>
    internal int OpenBytes { get; init; }

    internal bool IsResetByUs { get; set; }

    internal bool IsResetByPeer { get; set; }

    /// <summary>Sends UTF-8 text, which may be empty.</summary>
    public SendResult SendText(ReadOnlySpan<byte> utf8, Instant now) =>
        utf8.IsEmpty ? Send(PayloadProtocol.TextEmpty, [0], now) : Send(PayloadProtocol.Text, utf8, now);

    /// <summary>Sends bytes, which may be none.</summary>
    public SendResult SendBinary(ReadOnlySpan<byte> bytes, Instant now) =>
        bytes.IsEmpty ? Send(PayloadProtocol.BinaryEmpty, [0], now) : Send(PayloadProtocol.Binary, bytes, now);

    /// <summary>Closes the channel once what was sent on it has arrived; <see cref="DataChannelEvent.ChannelClosed"/> tells when.</summary>
    public void Close(Instant now) => _channels.Close(this, now);

    public override string ToString() => $"{Id} '{Label}' {State}";

    private SendResult Send(uint payloadProtocol, ReadOnlySpan<byte> payload, Instant now) =>
        State is DataChannelState.Opening or DataChannelState.Open
            ? _channels.Association.Send(Id, payloadProtocol, payload, Options.ToSendOptions(IsConfirmed), now)
            : SendResult.Closed;
}
