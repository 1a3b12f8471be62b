namespace Postern.Lab.Simulator.Hosts.Proxies;

/// <summary>Why a proxy gives no connection to a target that it has understood.</summary>
internal enum ProxyRefusal : byte
{
    /// <summary>Its rules do not let anybody there.</summary>
    Forbidden,

    /// <summary>The target itself says no.</summary>
    Refused,

    /// <summary>The target does not answer.</summary>
    Silent,
}
