namespace Postern.Cli.Punch;

/// <param name="Target">HOST:PORT.</param>
/// <param name="Text">What to send, as UTF-8.</param>
/// <param name="FromPort">The port to send from; 0 for any.</param>
/// <param name="Json">One JSON object.</param>
internal sealed record PunchSendOptions(string Target, string Text, int FromPort = 0, bool Json = false);
