using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Readers;

/// <summary>
/// pfirewall.log of Windows: columns with blanks between, named by "#Fields:". Without that line they are those that every Windows
/// since XP writes. Its moments are local, without a zone; they are taken for UTC.
/// </summary>
internal sealed class WindowsFirewallReader(LogTime time) : ILineReader
{
    private const int MaximumColumns = 32;

    private static readonly WindowsColumn[] Usual =
    [
        WindowsColumn.Date, WindowsColumn.Time, WindowsColumn.Action, WindowsColumn.Protocol, WindowsColumn.Source, WindowsColumn.Destination, WindowsColumn.SourcePort, WindowsColumn.DestinationPort,
        WindowsColumn.Other, WindowsColumn.Flags, WindowsColumn.Other, WindowsColumn.Other, WindowsColumn.Other, WindowsColumn.IcmpType, WindowsColumn.Other, WindowsColumn.Other, WindowsColumn.Path,
    ];

    /// <summary>What the last heading named; it holds until the next.</summary>
    public WindowsColumn[] Columns { get; set; } = Usual;

    public bool TryRead(ReadOnlySpan<byte> line, ref Sighting sighting, out LineKind kind)
    {
        kind = LineKind.Comment;
        if (line.StartsWith("#"u8))
        {
            if (line.StartsWith("#Fields:"u8))
            {
                Columns = Named(line["#Fields:".Length..]);
            }

            return true;
        }

        if (line.Length < 22 || line[4] != '-' || line[10] != ' ' || line[19] != ' ' || time.Read(line, out sighting.At) == 0)
        {
            return false;
        }

        var row = default(Row);
        Split(line, ref row, ref sighting);
        if (!row.HasAction)
        {
            return false;
        }

        kind = row.Kind(sighting);
        return true;
    }

    private static WindowsColumn[] Named(ReadOnlySpan<byte> names)
    {
        var columns = new List<WindowsColumn>();
        while (!(names = names.TrimStart((byte)' ')).IsEmpty && columns.Count < MaximumColumns)
        {
            var end = names.IndexOf((byte)' ');
            var name = end < 0 ? names : names[..end];
            names = names[name.Length..];
            columns.Add(System.Text.Encoding.ASCII.GetString(name) switch
            {
                "action" => WindowsColumn.Action,
                "protocol" => WindowsColumn.Protocol,
                "src-ip" => WindowsColumn.Source,
                "dst-ip" => WindowsColumn.Destination,
                "src-port" => WindowsColumn.SourcePort,
                "dst-port" => WindowsColumn.DestinationPort,
                "tcpflags" => WindowsColumn.Flags,
                "icmptype" => WindowsColumn.IcmpType,
                "path" => WindowsColumn.Path,
                _ => WindowsColumn.Other,
            });
        }

        return [.. columns];
    }

    private void Split(ReadOnlySpan<byte> line, ref Row row, ref Sighting sighting)
    {
        foreach (var column in Columns)
        {
            line = line.TrimStart((byte)' ');
            var end = line.IndexOf((byte)' ');
            var cell = end < 0 ? line : line[..end];
            line = line[cell.Length..];
            if (column >= WindowsColumn.Action && !cell.SequenceEqual("-"u8))
            {
                Take(column, cell, ref row, ref sighting);
            }
        }
    }

    private static void Take(WindowsColumn column, ReadOnlySpan<byte> cell, ref Row row, ref Sighting sighting)
    {
        switch (column)
        {
            case WindowsColumn.Action:
                row.Act(cell, ref sighting);
                break;
            case WindowsColumn.Protocol:
                row.HasProtocol = ByteText.TryProtocol(cell, out sighting.Protocol);
                break;
            case WindowsColumn.Source:
                row.HasSource = ByteText.TryAddress(cell, out sighting.Version, out sighting.Source);
                break;
            case WindowsColumn.Destination:
                row.HasDestination = ByteText.TryAddress(cell, out var version, out sighting.Destination) && version == sighting.Version;
                break;
            case WindowsColumn.SourcePort:
                row.HasPorts = ByteText.TryPort(cell, out sighting.SourcePort);
                break;
            case WindowsColumn.DestinationPort:
                row.HasPorts &= ByteText.TryPort(cell, out sighting.DestinationPort);
                break;
            case WindowsColumn.Flags:
                row.IsLater = !cell.SequenceEqual("0"u8) && (!cell.Contains((byte)'S') || cell.Contains((byte)'A'));
                break;
            case WindowsColumn.IcmpType:
                row.HasType = ByteText.TryNumber(cell, out var type) && type <= byte.MaxValue;
                sighting.IcmpType = (byte)type;
                break;
            case WindowsColumn.Path:
                (sighting.In, sighting.Out) = cell.SequenceEqual("SEND"u8) ? (LogNames.Empty, LogNames.Unsaid)
                    : cell.SequenceEqual("RECEIVE"u8) ? (LogNames.Unsaid, LogNames.Empty) : (LogNames.Unsaid, LogNames.Unsaid);
                break;
        }
    }

    /// <summary>What a row said.</summary>
    private struct Row
    {
        public bool HasAction, HasProtocol, HasSource, HasDestination, HasPorts, HasType, IsLater, IsClose, IsLost;

        public void Act(ReadOnlySpan<byte> action, ref Sighting sighting)
        {
            IsLost = action.SequenceEqual("INFO-EVENTS-LOST"u8);
            IsClose = action.SequenceEqual("CLOSE"u8);
            sighting.Passed = action.SequenceEqual("ALLOW"u8) || action.StartsWith("OPEN"u8) ? true : action.SequenceEqual("DROP"u8) ? false : null;
            HasAction = IsLost || IsClose || sighting.Passed is not null;
        }

        public readonly LineKind Kind(in Sighting sighting) =>
            IsLost ? LineKind.Lost
            : !HasProtocol || !HasSource || !HasDestination ? LineKind.Cut
            : IsClose ? LineKind.Reply
            : sighting.Protocol switch
            {
                IpProtocol.Tcp => !HasPorts ? LineKind.Cut : IsLater ? LineKind.Reply : LineKind.Flow,
                IpProtocol.Udp => HasPorts ? LineKind.Flow : LineKind.Cut,
                IpProtocol.Icmp or IpProtocol.Icmp6 => !HasType ? LineKind.Cut : sighting.IcmpAsks ? LineKind.Flow : LineKind.Reply,
                _ => LineKind.Flow,
            };
    }
}
