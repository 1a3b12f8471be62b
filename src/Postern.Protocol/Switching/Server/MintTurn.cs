using Postern.Protocol.Switching.Frames;

namespace Postern.Protocol.Switching.Server;

/// <summary>Makes TURN credentials for a name in a session; null where there is no relay.</summary>
public delegate TurnGrant? MintTurn(string session, string name);
