namespace Postern.Sessions.Dtls.Messages;

/// <summary>A view of the extensions of a hello (RFC 5246 §7.4.1.4). Those that we do not know are passed over.</summary>
internal ref struct HelloExtensions
{
    private int _seen; // a bit for each known type: none may come twice

    public UInt16List Groups { get; private set; }

    public ReadOnlySpan<byte> PointFormats { get; private set; }

    public UInt16List SignatureAlgorithms { get; private set; }

    public UInt16List SrtpProfiles { get; private set; }

    /// <summary>The master key identifier that stands beside the SRTP profiles.</summary>
    public ReadOnlySpan<byte> SrtpKeyIdentifier { get; private set; }

    /// <summary>What renegotiation_info carries: empty in a first handshake (RFC 5746 §3.4).</summary>
    public ReadOnlySpan<byte> RenegotiatedConnection { get; private set; }

    public bool HasUnknown { get; private set; }

    public readonly bool Has(ExtensionType type) => (_seen & Bit(type)) != 0;

    /// <summary>Reads the rest of a hello, which may hold no extensions at all.</summary>
    public static bool TryParse(scoped ref WireReader hello, out HelloExtensions extensions)
    {
        extensions = default;
        if (hello.IsEmpty)
        {
            return hello.IsDone;
        }

        var all = new WireReader(hello.ReadVector16());
        while (!all.IsEmpty)
        {
            var type = (ExtensionType)all.ReadUInt16();
            if (!extensions.TryRead(type, all.ReadVector16()))
            {
                return false;
            }
        }

        return all.IsDone && hello.IsDone;
    }

    private bool TryRead(ExtensionType type, ReadOnlySpan<byte> bytes)
    {
        var data = new WireReader(bytes);
        var bit = Bit(type);
        if ((_seen & bit) != 0)
        {
            return false;
        }

        _seen |= bit;
        switch (type)
        {
            case ExtensionType.SupportedGroups:
                Groups = new(data.ReadVector16());
                return data.IsDone && Groups.IsWhole;
            case ExtensionType.PointFormats:
                PointFormats = data.ReadVector8();
                return data.IsDone;
            case ExtensionType.SignatureAlgorithms:
                SignatureAlgorithms = new(data.ReadVector16());
                return data.IsDone && SignatureAlgorithms.IsWhole;
            case ExtensionType.UseSrtp:
                SrtpProfiles = new(data.ReadVector16());
                SrtpKeyIdentifier = data.ReadVector8();
                return data.IsDone && SrtpProfiles.IsWhole;
            case ExtensionType.ExtendedMasterSecret:
                return data.IsDone;
            case ExtensionType.RenegotiationInfo:
                RenegotiatedConnection = data.ReadVector8();
                return data.IsDone;
            default:
                HasUnknown = true;
                return true;
        }
    }

    private static int Bit(ExtensionType type) => type switch
    {
        ExtensionType.SupportedGroups => 1,
        ExtensionType.PointFormats => 2,
        ExtensionType.SignatureAlgorithms => 4,
        ExtensionType.UseSrtp => 8,
        ExtensionType.ExtendedMasterSecret => 16,
        ExtensionType.RenegotiationInfo => 32,
        _ => 0,
    };
}
