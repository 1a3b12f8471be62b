namespace Postern.Sessions.Calls;

/// <summary>Something that happened during a call.</summary>
/// <param name="At">Milliseconds from the start of the call.</param>
/// <param name="What">A plain sentence without addresses of third parties.</param>
public sealed record ReportStep(double At, string What);
