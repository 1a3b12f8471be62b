namespace Postern.Protocol.Switching.Descriptions;

/// <summary>One clear sentence for each <see cref="DescriptionError"/>.</summary>
public static class DescriptionErrorText
{
    public static string Sentence(this DescriptionError error) => error switch
    {
        DescriptionError.None => "The description is in order.",
        DescriptionError.WrongKind => "The description is of another kind (offer or answer) than expected.",
        DescriptionError.WrongSession => "The description belongs to another session.",
        DescriptionError.WrongNames => "The description is not from this peer to us.",
        DescriptionError.WrongOffer => "The answer is to another offer than ours.",
        DescriptionError.WrongKey => "The peer's key is not the one we know for this name: someone else may be using it.",
        DescriptionError.BadSignature => "The description is not signed by the peer's key: it was altered or forged on the way.",
        DescriptionError.Replayed => "The offer was used before: someone repeats it.",
        _ => "The offer is too old, or the two computers' clocks differ too much.",
    };
}
