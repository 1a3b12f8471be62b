using Postern.Sessions.Calls;

namespace Postern;

/// <summary>The public names of a call's failures.</summary>
internal static class CallFailureNames
{
    public static ConnectFailure ToConnectFailure(this CallFailure failure) => failure switch
    {
        CallFailure.NoPath or CallFailure.PathLost => ConnectFailure.NoPath,
        CallFailure.WrongFingerprint or CallFailure.WrongIdentity or CallFailure.Replayed => ConnectFailure.WrongIdentity,
        CallFailure.PeerOffline => ConnectFailure.PeerOffline,
        CallFailure.Refused => ConnectFailure.RefusedByPeer,
        _ => ConnectFailure.Handshake,
    };
}
