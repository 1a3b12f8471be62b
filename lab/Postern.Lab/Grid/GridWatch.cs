namespace Postern.Lab.Grid;

/// <summary>A guard that was posted to see whom it takes for a scanner.</summary>
/// <param name="Side">At whose home: "caller" or "callee".</param>
/// <param name="Guard">Its name.</param>
/// <param name="Worlds">In how many worlds it raised an alarm.</param>
public sealed record GridWatch(string Side, string Guard, int Worlds);
