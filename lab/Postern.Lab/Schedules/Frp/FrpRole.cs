namespace Postern.Lab.Schedules.Frp;

/// <summary>Which part a side plays: the receiver opens its box, the sender knocks and waits for an answer.</summary>
internal enum FrpRole : byte
{
    Sender,
    Receiver,
}
