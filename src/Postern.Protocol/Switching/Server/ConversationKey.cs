namespace Postern.Protocol.Switching.Server;

/// <summary>A session's id and its two names in alphabetical order.</summary>
internal readonly record struct ConversationKey(string Session, string First, string Second)
{
    public static ConversationKey Of(string session, string a, string b) =>
        string.CompareOrdinal(a, b) <= 0 ? new(session, a, b) : new(session, b, a);
}
