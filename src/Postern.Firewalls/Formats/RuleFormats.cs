namespace Postern.Firewalls.Formats;

/// <summary>The languages that rules are written in.</summary>
public static class RuleFormats
{
    /// <summary>In the order in which they are shown.</summary>
    public static readonly IReadOnlyList<IRuleFormat> All =
    [
        new PlainFormat(),
        new NftablesFormat(),
        new IptablesFormat(),
        new Ip6tablesFormat(),
        new ShorewallFormat(),
        new Shorewall6Format(),
        new UfwFormat(),
        new FirewalldFormat(),
        new DanteFormat(),
        new SquidFormat(),
        new MiniupnpdFormat(),
        new OpenWrtFormat(),
        new DefendoFormat(),
        new PfOpenBsdFormat(),
        new PfFreeBsdFormat(),
        new WindowsFormat(),
        new MikrotikFormat(),
    ];

    /// <summary>Null where there is no such format.</summary>
    public static IRuleFormat? Find(string id) => All.FirstOrDefault(format => format.Id == id);
}
