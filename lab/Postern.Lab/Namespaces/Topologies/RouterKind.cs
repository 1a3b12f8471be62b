namespace Postern.Lab.Namespaces.Topologies;

/// <summary>What carries the packets of a network out and in.</summary>
public enum RouterKind : byte
{
    /// <summary>The kernel where it can do what the description says, else ours.</summary>
    Auto,

    /// <summary>The kernel, with rules of nftables.</summary>
    Kernel,

    /// <summary>Our own box and links between two TUN devices.</summary>
    Tun,
}
