using Postern.Lab.Packets;

namespace Postern.Lab.Boxes;

/// <summary>What a box lets in of TCP, once addresses and ports are right.</summary>
internal sealed class TcpJudge(TcpRules rules)
{
    public static void NoteOut(in PacketHeader header, Remote remote)
    {
        var isSyn = (header.Flags & TcpFlags.Syn) != 0;
        remote.IsAskingAgain = isSyn && remote.IsOpening && !remote.HeardFrom;
        if (isSyn)
        {
            remote.IsOpening = true;
            remote.SynSequence = header.Sequence;
            remote.IsClosing = false;
        }

        remote.IsClosing |= (header.Flags & (TcpFlags.Fin | TcpFlags.Rst)) != 0;
    }

    public bool LetsIn(in PacketHeader header, Remote remote)
    {
        var isSyn = (header.Flags & TcpFlags.Syn) != 0;
        var isReset = (header.Flags & TcpFlags.Rst) != 0;
        var acknowledges = (header.Flags & TcpFlags.Ack) != 0;
        if (header.IsOpening && remote.SentTo && !rules.LetsSynCross)
        {
            return false;
        }

        if (remote.IsOpening && acknowledges && (isSyn || isReset) && header.Acknowledgement != remote.SynSequence + 1 && !rules.LetsWrongAckPass)
        {
            return false;
        }

        remote.IsOpening &= !acknowledges || isReset;
        remote.IsRefused = isReset && remote.SentTo && !remote.HeardFrom;
        remote.IsClosing |= isReset || (header.Flags & TcpFlags.Fin) != 0;
        return true;
    }
}
