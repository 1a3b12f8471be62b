using Postern.Sessions.Dtls.Records;

namespace Postern.Sessions.Dtls.Handshake;

/// <summary>One handshake message (whole, with its header) or the change of cipher spec, and the epoch that it goes out in.</summary>
internal readonly record struct FlightItem(ContentType Type, ushort Epoch, byte[] Bytes);
