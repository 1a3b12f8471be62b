using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Frames;

namespace Postern.Tests.Switching;

internal static class Samples
{
    public static readonly SessionDescription Offer = new()
    {
        Kind = SignalKind.Offer,
        Session = "s1",
        From = "anna",
        To = "bob",
        IceUfrag = "aF3d",
        IcePwd = "9rL6DdnhlK3sWfIfTiMY9/r1",
        Fingerprint = SessionDescription.FingerprintText([.. Enumerable.Range(100, 32).Select(b => (byte)b)]),
        Setup = DtlsSetup.Actpass,
        SctpInit = "AQAAFA==",
        Renomination = true,
        Postern = 1,
        Candidates = ["candidate:1 1 udp 2130706431 192.0.2.2 53954 typ host"],
        NatReport = new("{\"mapping\":\"endpoint-independent\"}"),
        Nonce = new string('A', 22),
        Issued = 1_800_000_000_000,
    };

    public static readonly SessionDescription Answer = Offer with
    {
        Kind = SignalKind.Answer,
        From = "bob",
        To = "anna",
        Setup = DtlsSetup.Active,
        Nonce = "",
        Issued = 0,
    };
}
