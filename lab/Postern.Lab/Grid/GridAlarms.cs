namespace Postern.Lab.Grid;

/// <summary>Alarms of one guard.</summary>
/// <param name="Side">Before whom it stands: "caller" or "callee".</param>
/// <param name="Guard">Its name.</param>
/// <param name="Count">Alarms over all worlds of the pair, those while the NAT was measured included.</param>
public sealed record GridAlarms(string Side, string Guard, int Count);
