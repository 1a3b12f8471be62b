namespace Postern.Lab.Boxes.Guards;

/// <summary>What a guard does beside raising the alarm.</summary>
public enum GuardAction : byte
{
    Nothing,

    /// <summary>Drops each packet by which it would alarm: new ports stall, old flows live.</summary>
    DropsMatching,

    /// <summary>Drops what opens a flow, until the ban ends.</summary>
    BansNewFlows,

    /// <summary>Drops everything from there, until the ban ends.</summary>
    BansEverything,
}
