namespace Postern.Lab.Foreign;

/// <summary>A TURN server over UDP with long-term credentials, as a counterpart is told of it (never on its command line).</summary>
internal sealed record TurnCredentials(string Address, int Port, string User, string Password);
