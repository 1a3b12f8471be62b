namespace Postern.Cli.Punch;

/// <param name="Port">The UDP port to listen on, shared with <c>open</c>.</param>
/// <param name="Count">Ends after so many datagrams.</param>
/// <param name="For">Ends after so long.</param>
/// <param name="Json">One JSON object a line.</param>
internal sealed record PunchListenOptions(int Port, int? Count = null, TimeSpan? For = null, bool Json = false);
