namespace Postern.Lab.Boxes;

/// <summary>What somebody hears whose packet a box does not let through.</summary>
public enum RefusalAnswer : byte
{
    Silence,

    /// <summary>RST for TCP, "port unreachable" for the others.</summary>
    Reject,

    /// <summary>"Administratively prohibited".</summary>
    Prohibited,
}
