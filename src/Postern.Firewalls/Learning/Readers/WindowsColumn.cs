namespace Postern.Firewalls.Learning.Readers;

/// <summary>A column of Windows' pfirewall.log, as far as it is read.</summary>
internal enum WindowsColumn : byte
{
    Other, Date, Time, Action, Protocol, Source, Destination, SourcePort, DestinationPort, Flags, IcmpType, Path,
}
