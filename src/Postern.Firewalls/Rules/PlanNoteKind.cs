namespace Postern.Firewalls.Rules;

/// <summary>Why something did not become a rule, or what was taken for granted.</summary>
public enum PlanNoteKind : byte
{
    /// <summary>The answering half of a flow: a filter that remembers flows lets it pass by itself.</summary>
    StatelessOnly,

    /// <summary>Only old versions need it, or nobody any more.</summary>
    Legacy,

    /// <summary>The application can do without it, and only what it cannot do without was asked for.</summary>
    Optional,

    /// <summary>It never passes this firewall.</summary>
    OutOfSight,

    /// <summary>A host that was named has no address of the family.</summary>
    NoAddress,

    /// <summary>NAT can hand it to one host only, and more or none were named.</summary>
    CannotForward,

    /// <summary>A quiet refusal towards everybody would refuse other applications too; whom it is for was not named.</summary>
    Unaimed,

    /// <summary>A quiet refusal gave way to an application that needs the flow.</summary>
    NoiseYields,

    /// <summary>Other rules already decide it in the same way.</summary>
    SameRule,

    /// <summary>A refusal cannot refuse it without refusing other applications too.</summary>
    Unrefused,

    /// <summary>The rules work only if this is so.</summary>
    Precondition,
}
