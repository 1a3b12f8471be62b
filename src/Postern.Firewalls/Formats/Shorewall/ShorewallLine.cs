namespace Postern.Firewalls.Formats.Shorewall;

/// <summary>One line of the file "rules"; a column that is not looked at is "-".</summary>
/// <param name="OriginalDestination">Where a packet was sent to before it was forwarded.</param>
/// <param name="Helper">Of connection tracking; null for none.</param>
internal sealed record ShorewallLine(
    string Action, string Source, string Destination, ShorewallTransport Transport, string OriginalDestination = "-", string? Helper = null)
{
    /// <summary>With the macro of that name in the place of protocol and ports.</summary>
    public string Text(string? macro = null)
    {
        string[] columns = macro is null
            ? [Action, Source, Destination, Transport.Protocol, Transport.DestinationPorts, Transport.SourcePorts, OriginalDestination]
            : [$"{macro}({Action})", Source, Destination];
        var used = columns.Length - columns.Reverse().TakeWhile(column => column == "-").Count();
        var line = string.Join(' ', columns.Take(used).Select((column, i) => i == used - 1 ? column : column.PadRight(i == 0 ? 8 : 0)));
        return Helper is null ? line : $"?if __CT_TARGET && ! $AUTOHELPERS && __{Capability}_HELPER\n{line} {{ helper={Helper} }}\n?else\n{line}\n?endif";
    }

    // As "shorewall show capabilities" spells them.
    private string Capability => Helper switch
    {
        "RAS" or "Q.931" => "H323",
        var name => name!.ToUpperInvariant().Replace('-', '_'),
    };
}
