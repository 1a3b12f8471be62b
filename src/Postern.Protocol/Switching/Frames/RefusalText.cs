using Postern.Protocol.Switching.Identity;

namespace Postern.Protocol.Switching.Frames;

/// <summary>One clear sentence for each <see cref="RefusalCode"/>.</summary>
public static class RefusalText
{
    public static string Sentence(this RefusalCode code) => code switch
    {
        RefusalCode.Malformed => FrameError.NotARecord.Sentence(),
        RefusalCode.OutOfPlace => "This frame is out of place: first hello, then one prove, then the rest.",
        RefusalCode.Version => $"This switchboard speaks version {ClientFrame.Version} of its protocol only.",
        RefusalCode.WrongHost => "The login was meant for another host than this switchboard.",
        RefusalCode.WrongKey => "The name belongs to another key.",
        RefusalCode.BadProof => "The signature under the challenge is not of this key.",
        RefusalCode.NameReserved => "The name is reserved, or names are given by invitation here. " + PeerName.Rule,
        RefusalCode.TooManyNames => "Too many names were claimed; try again later.",
        RefusalCode.TooFast => "More frames or bytes came than this switchboard takes from one connection.",
        RefusalCode.TooSlow => "Nothing was heard for too long.",
        RefusalCode.TooManyConnections => "There are too many connections from this address.",
        RefusalCode.ServerFull => "The switchboard is full; try again later.",
        RefusalCode.PeerOffline => "The peer is not online.",
        RefusalCode.NoSuchName => "Nobody has this name.",
        RefusalCode.QueueFull => "The peer's queue is full.",
        RefusalCode.NotInConversation => "There is no session with this name.",
        RefusalCode.TooManySessions => "This name has opened too many sessions.",
        RefusalCode.NoRelay => "This switchboard has no relay to give credentials for.",
        _ => "The switchboard refuses.",
    };

    /// <summary>Whether the switchboard ends the connection with this refusal.</summary>
    public static bool EndsConnection(this RefusalCode code) => code is > RefusalCode.Unknown and <= RefusalCode.ServerFull;

    /// <summary>Whether it is of no use to come back with the same hello.</summary>
    public static bool IsFinal(this RefusalCode code) =>
        code is RefusalCode.Version or RefusalCode.WrongHost or RefusalCode.WrongKey or RefusalCode.BadProof or RefusalCode.NameReserved;
}
