namespace Postern.Protocol.Switching.Server;

/// <summary>
/// A session as the switchboard knows it: an id and two names, so that nobody else can enter it by using its id. It expires
/// when nothing is said about it for long.
/// </summary>
internal sealed class Conversation(string session, string opener, string other) : Expiring
{
    public string Opener { get; } = opener;

    public string Other { get; } = other;

    public ConversationKey Key { get; } = ConversationKey.Of(session, opener, other);
}
