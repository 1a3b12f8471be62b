namespace Postern.Lab.Packets;

/// <summary>Types and codes of ICMP errors in both families.</summary>
internal static class IcmpErrors
{
    /// <summary><see cref="IcmpErrorKind.None"/> for a message that reports no failed packet.</summary>
    public static IcmpErrorKind Kind(byte type, byte code, bool isV4) => (isV4, type) switch
    {
        (true, IpNumbers.Unreachable) => code switch
        {
            IpNumbers.PortUnreachableCode => IcmpErrorKind.PortUnreachable,
            IpNumbers.FragmentationNeededCode => IcmpErrorKind.PacketTooBig,
            9 or 10 or IpNumbers.ProhibitedCode => IcmpErrorKind.Prohibited,
            _ => IcmpErrorKind.HostUnreachable,
        },
        (true, IpNumbers.TimeExceeded) => IcmpErrorKind.TimeExceeded,
        (false, IpNumbers.Unreachable6) => code switch
        {
            IpNumbers.PortUnreachable6Code => IcmpErrorKind.PortUnreachable,
            IpNumbers.Prohibited6Code => IcmpErrorKind.Prohibited,
            _ => IcmpErrorKind.HostUnreachable,
        },
        (false, IpNumbers.PacketTooBig6) => IcmpErrorKind.PacketTooBig,
        (false, IpNumbers.TimeExceeded6) => IcmpErrorKind.TimeExceeded,
        _ => IcmpErrorKind.None,
    };

    /// <summary>The message that reports it.</summary>
    public static (byte Type, byte Code) Numbers(IcmpErrorKind kind, bool isV4) => (isV4, kind) switch
    {
        (true, IcmpErrorKind.PortUnreachable) => (IpNumbers.Unreachable, IpNumbers.PortUnreachableCode),
        (true, IcmpErrorKind.Prohibited) => (IpNumbers.Unreachable, IpNumbers.ProhibitedCode),
        (true, IcmpErrorKind.PacketTooBig) => (IpNumbers.Unreachable, IpNumbers.FragmentationNeededCode),
        (true, IcmpErrorKind.TimeExceeded) => (IpNumbers.TimeExceeded, 0),
        (true, _) => (IpNumbers.Unreachable, 1),
        (false, IcmpErrorKind.PortUnreachable) => (IpNumbers.Unreachable6, IpNumbers.PortUnreachable6Code),
        (false, IcmpErrorKind.Prohibited) => (IpNumbers.Unreachable6, IpNumbers.Prohibited6Code),
        (false, IcmpErrorKind.PacketTooBig) => (IpNumbers.PacketTooBig6, 0),
        (false, IcmpErrorKind.TimeExceeded) => (IpNumbers.TimeExceeded6, 0),
        _ => (IpNumbers.Unreachable6, IpNumbers.AddressUnreachable6Code),
    };
}
