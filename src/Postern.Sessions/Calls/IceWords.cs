using Postern.Protocol.Ice;

namespace Postern.Sessions.Calls;

/// <summary>ICE's reasons in plain words, as clauses.</summary>
internal static class IceWords
{
    public static string InWords(this PathChangeReason reason) => reason switch
    {
        PathChangeReason.FirstValid => "the first path that works",
        PathChangeReason.Better => "a better path works",
        PathChangeReason.Nominated => "the other side prefers it",
        PathChangeReason.Silence => "the former path fell silent",
        PathChangeReason.ConsentExpired => "the former path gave no sign of life for 30 s",
        PathChangeReason.Removed => "the former path's socket or relay is gone",
        PathChangeReason.Restarted => "the paths were made anew",
        _ => reason.ToString(),
    };

    public static string InWords(this CandidateType type) => type switch
    {
        CandidateType.Host => "host",
        CandidateType.ServerReflexive => "mapped",
        CandidateType.PeerReflexive => "mapped",
        _ => "relayed",
    };

    public static string InWords(this PairFailure failure) => failure switch
    {
        PairFailure.None => "no failure",
        PairFailure.Unanswered => "nothing came back",
        PairFailure.AsymmetricResponse => "the answer came from another address",
        PairFailure.ErrorResponse => "the other side answered with an error",
        PairFailure.CredentialsRefused => "the other side refused our credentials",
        PairFailure.Silence => "it worked and then fell silent",
        PairFailure.ConsentExpired => "it worked, then gave no sign of life for 30 s",
        PairFailure.Prohibited => "your firewall refuses direct connections",
        PairFailure.Removed => "its socket or relay is gone",
        PairFailure.Released => "it works, but better ones are held",
        _ => failure.ToString(),
    };

    /// <summary>Why a pair was not tried.</summary>
    public static string InWords(this PairHold hold) => hold switch
    {
        PairHold.None => "its turn has not come",
        PairHold.Prediction => "held back while ports are predicted",
        PairHold.Answer => "the other side sends first",
        PairHold.Unwelcome => "nothing is sent to such a port before something has come from there",
        PairHold.Budget => "the budget puts it off",
        _ => hold.ToString(),
    };

    public static string InWords(this IceFailure failure) => failure switch
    {
        IceFailure.NoPairs => "The two sides have no kind of address in common, and no relay could be used.",
        IceFailure.AllPairsFailed => "No path could be found, not even over the relay.",
        IceFailure.PathLost => "The path was lost, and none came back.",
        _ => failure.ToString(),
    };
}
