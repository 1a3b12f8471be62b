namespace Postern.Firewalls.Formats.Pf;

/// <summary>A rule's lines: translation, which FreeBSD and macOS want before every filter rule, and filter.</summary>
internal sealed record PfText(IReadOnlyList<string> Translation, IReadOnlyList<string> Filter);
