using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Switching.Frames;

namespace Postern.Protocol.Switching.Server;

/// <summary>What one touch of the switchboard wants sent and told; its host drains it before the next touch.</summary>
internal sealed class SwitchboardOutbox
{
    private readonly Queue<OutgoingFrame> _frames = [];
    private readonly Queue<SwitchboardEvent> _events = [];

    public SwitchboardStats Stats { get; } = new();

    public void Send(Attachment to, ServerFrame frame) => Send(to, FrameCodec.Write(frame));

    public void Send(Attachment to, byte[] frame)
    {
        Stats.FramesOut++;
        _frames.Enqueue(new(to.Id, frame, ThenClose: false));
    }

    public void SendAndClose(ConnectionId to, ServerFrame frame)
    {
        Stats.FramesOut++;
        _frames.Enqueue(new(to, FrameCodec.Write(frame), ThenClose: true));
    }

    /// <summary>Refuses a request and leaves the connection as it is.</summary>
    public void Refuse(Attachment to, RefusalCode code, long? seq = null, string? session = null)
    {
        Stats.Refused++;
        Send(to, new ServerFrame.Refused(code, code.Sentence(), seq, session));
    }

    public void Tell(SwitchboardEvent happened) => _events.Enqueue(happened);

    public bool TryTakeFrame(out OutgoingFrame frame) => _frames.TryDequeue(out frame);

    public bool TryTakeEvent([NotNullWhen(true)] out SwitchboardEvent? happened) => _events.TryDequeue(out happened);
}
