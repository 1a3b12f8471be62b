namespace Postern.Protocol.Turn;

/// <summary>How much anybody may have at a time. Reserved ports count as allocations.</summary>
public sealed record RelayQuotas
{
    /// <summary>In all; ports and sockets are finite.</summary>
    public int Total { get; init; } = 8192;

    /// <summary>For one user's name: several devices, several calls, both families.</summary>
    public int PerName { get; init; } = 32;

    /// <summary>For one session: both ends, several networks, one restart.</summary>
    public int PerSession { get; init; } = 16;

    /// <summary>For one client address (IPv6: /64): a household or office behind one NAT.</summary>
    public int PerClientAddress { get; init; } = 128;

    /// <summary>Permissions of one allocation; coturn's cap as well.</summary>
    public int Permissions { get; init; } = 1024;

    public int Channels { get; init; } = 256;
}
