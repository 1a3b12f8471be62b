namespace Postern.Firewalls.Learning.Inference;

/// <summary>How the hosts that were seen became those that a rule opens.</summary>
public enum HostChoiceKind : byte
{
    /// <summary>The firewall itself: nothing to choose.</summary>
    Self,

    /// <summary>Those that were seen, and no others.</summary>
    Named,

    /// <summary>Too many to name them, but of few networks.</summary>
    Prefixes,

    /// <summary>Too many to name them, and of no order: the whole zone.</summary>
    Zone,
}
