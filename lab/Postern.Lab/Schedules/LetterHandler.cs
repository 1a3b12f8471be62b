using Postern.Protocol.Net;

namespace Postern.Lab.Schedules;

/// <summary>Takes what has come to a socket.</summary>
internal delegate void LetterHandler(Letter letter, Endpoint source, Endpoint socket);
