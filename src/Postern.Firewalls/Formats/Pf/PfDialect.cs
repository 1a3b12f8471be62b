namespace Postern.Firewalls.Formats.Pf;

/// <summary>Which pf: they part where addresses are rewritten.</summary>
internal enum PfDialect
{
    /// <summary>OpenBSD: <c>rdr-to</c> in a filter rule.</summary>
    OpenBsd,

    /// <summary>FreeBSD and macOS: rules of translation before those of the filter.</summary>
    FreeBsd,
}
