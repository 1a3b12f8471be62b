namespace Postern.Protocol.Switching.Frames;

/// <summary>Time-limited TURN credentials.</summary>
/// <param name="Username">Expiry, session and name, as the relay's REST convention wants them.</param>
/// <param name="Password">Derived from the username by the shared secret.</param>
/// <param name="Expires">Seconds since 1970 at which they end.</param>
/// <param name="Urls">turn: URLs; empty means the relays of the welcome.</param>
public sealed record TurnGrant(string Username, string Password, long Expires, string[] Urls)
{
    public override string ToString() => $"TurnGrant {{ Username = {Username}, Expires = {Expires} }}"; // a password belongs in no log
}
