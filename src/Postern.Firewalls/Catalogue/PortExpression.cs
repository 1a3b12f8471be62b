using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Catalogue;

/// <summary>Ports as a catalogue entry names them, some of which only the network at hand decides.</summary>
public abstract record PortExpression
{
    /// <summary>"any".</summary>
    public static readonly PortExpression Anything = new Fixed(PortSet.Any);

    private PortExpression()
    {
    }

    /// <summary>Reads any of the forms below; false where the text is none of them.</summary>
    public static bool TryParse(string text, out PortExpression expression)
    {
        var read = PortExpressionText.Read(text);
        expression = read ?? Anything;
        return read is not null;
    }

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public sealed override string ToString() => PortExpressionText.Of(this);

    /// <summary>"80,443,1024-65535"; "1000&gt;&lt;1024" excludes both ends, as the sources and pf mean it.</summary>
    public sealed record Fixed(PortSet Ports) : PortExpression;

    /// <summary>"ephemeral(client)": whatever that role's system gives to a socket that asks for no port.</summary>
    public sealed record Ephemeral(string Role) : PortExpression;

    /// <summary>"${listen:14357}" or "${listen:14357 in 1024-49151}": chosen by who runs the application; the number is the default.</summary>
    public sealed record Variable(string Name, PortSet Default, PortSet Allowed) : PortExpression;

    /// <summary>"same-as(search.src)": whatever the other flow uses there.</summary>
    public sealed record SameAs(string Flow, bool IsSource) : PortExpression;
}
