namespace Postern.Lab.Namespaces.Tracing;

/// <summary>What somebody who watches a router wants to have.</summary>
internal enum WatcherKind : byte
{
    /// <summary>Mappings, drops and alarms, one JSON object a line.</summary>
    Events,

    /// <summary>Packets of both sides, as pcapng.</summary>
    Packets,
}
