namespace Postern.Protocol.Ice;

internal enum OutgoingKind : byte
{
    Request,
    Success,
    Error,
}
