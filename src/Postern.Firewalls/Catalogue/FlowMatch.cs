namespace Postern.Firewalls.Catalogue;

/// <summary>A flow of the catalogue that a packet could have opened.</summary>
/// <param name="Application">Whose flow it is.</param>
/// <param name="Flow">One of its flows.</param>
/// <param name="Bits">
/// How much of the packet the flow explains: 16 for each port that it names exactly, less by the logarithm of the range where it
/// names one, and less where the entry is unsure or its application has ended.
/// </param>
public sealed record FlowMatch(Application Application, Flow Flow, double Bits);
