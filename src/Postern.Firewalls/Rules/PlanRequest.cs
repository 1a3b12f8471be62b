using Postern.Firewalls.Catalogue;

namespace Postern.Firewalls.Rules;

/// <summary>What is to be let through, for whom, and where.</summary>
public sealed record PlanRequest
{
    public required IReadOnlyList<Application> Applications { get; init; }

    /// <summary>In the order in which they were named; the first counts where a convention must decide.</summary>
    public IReadOnlyList<RoleBinding> Bindings { get; init; } = [];

    public required Site Site { get; init; }

    public IReadOnlyList<IpVersion> Versions { get; init; } = [IpVersion.V4, IpVersion.V6];

    /// <summary>The ephemeral ports of a role's system; a role that is not named may use <see cref="PortResolution.AnyEphemeral"/>.</summary>
    public IReadOnlyDictionary<string, PortSet> Ephemeral { get; init; } = new Dictionary<string, PortSet>();

    /// <summary>Values of the entries' variables.</summary>
    public IReadOnlyDictionary<string, PortSet> Variables { get; init; } = new Dictionary<string, PortSet>();

    /// <summary>Opens too what only old versions need.</summary>
    public bool WithLegacy { get; init; }

    /// <summary>Leaves out what the application can do without.</summary>
    public bool RequiredOnly { get; init; }
}
