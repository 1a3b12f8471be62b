namespace Postern.Cli.Punch;

/// <param name="Target">HOST:PORT from which answers are to come in.</param>
/// <param name="FromPort">The listener's port.</param>
/// <param name="TimeToLive">Routers that the packet may pass; enough to leave the own network is enough.</param>
/// <param name="Json">One JSON object.</param>
internal sealed record PunchOpenOptions(string Target, int FromPort, int? TimeToLive = null, bool Json = false);
