using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Catalogue;

/// <summary>The ports of an expression where nobody has said otherwise.</summary>
public static class UsualPorts
{
    /// <param name="application">Whose flows <c>same-as</c> points at.</param>
    /// <param name="ports">What is to be resolved.</param>
    /// <param name="ephemeral">Of the role's system; null for what contains every system's.</param>
    public static PortSet Of(Application application, PortExpression ports, PortSet? ephemeral = null) => ports switch
    {
        PortExpression.Fixed(var set) => set,
        PortExpression.Ephemeral => ephemeral ?? EphemeralPorts.Other.Ports,
        PortExpression.Variable variable => variable.Default,
        PortExpression.SameAs same => Target(application, same) is { } target and not PortExpression.SameAs ? Of(application, target, ephemeral) : PortSet.Any,
        _ => throw new ArgumentOutOfRangeException(nameof(ports)),
    };

    /// <summary>What a <c>same-as</c> points at; null where there is no such flow.</summary>
    public static PortExpression? Target(Application application, PortExpression.SameAs same) =>
        application.Flows.FirstOrDefault(flow => flow.Id == same.Flow) is { } flow ? same.IsSource ? flow.SourcePorts : flow.DestinationPorts : null;
}
