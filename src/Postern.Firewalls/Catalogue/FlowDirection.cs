namespace Postern.Firewalls.Catalogue;

/// <summary>Who starts a flow, seen from the side that keeps the firewall: the first role of an entry.</summary>
public enum FlowDirection : byte
{
    /// <summary>The first role starts it.</summary>
    Out,

    /// <summary>It is started towards the first role.</summary>
    In,
}
