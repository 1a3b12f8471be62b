using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Net.Tests.Firewalls;

/// <summary>The catalogue against what Debian's Shorewall and firewalld know; both packages are read as they are installed.</summary>
public sealed class CatalogueBreadthTests
{
    private static readonly Dictionary<string, Application[]> EntriesByAlias = ApplicationCatalogue.Embedded.Applications
        .SelectMany(entry => entry.Aliases.Select(alias => (alias, entry)))
        .GroupBy(pair => pair.alias, pair => pair.entry)
        .ToDictionary(group => group.Key, group => group.ToArray());

    [Fact]
    public void Every_macro_and_service_has_an_entry_or_a_reasoned_exception()
    {
        var packaged = PackagedService.ReadAll();
        var excepted = CatalogueException.ReadAll().Select(exception => exception.Alias).ToHashSet();
        packaged.Where(service => service.Source == PackagedService.Shorewall).Count().ShouldBeGreaterThan(140);
        packaged.Where(service => service.Source == PackagedService.Firewalld).Count().ShouldBeGreaterThan(200);

        packaged.Select(service => service.Alias).Where(alias => !EntriesByAlias.ContainsKey(alias) && !excepted.Contains(alias)).ShouldBeEmpty();
    }

    [Fact]
    public void One_entry_answers_for_a_macro_or_service()
    {
        EntriesByAlias.Where(pair => pair.Value.Length > 1).Select(pair => pair.Key).ShouldBeEmpty();
    }

    [Fact]
    public void An_entry_opens_what_its_macros_and_services_open_or_an_exception_says_why_not()
    {
        var excepted = CatalogueException.ReadAll().Select(exception => exception.Alias).ToHashSet();

        Differences(PackagedService.ReadAll()).Where(difference => !excepted.Contains(difference.Alias))
            .Select(difference => $"{difference.Alias}: {string.Join("; ", difference.Missing)}").ShouldBeEmpty();
    }

    [Fact]
    public void No_exception_and_no_alias_is_without_its_macro_or_service()
    {
        var packaged = PackagedService.ReadAll().Select(service => service.Alias).ToHashSet();

        CatalogueException.ReadAll().Select(exception => exception.Alias).Except(packaged).ShouldBeEmpty();
        EntriesByAlias.Keys.Where(alias => alias.Contains(':', StringComparison.Ordinal)).Except(packaged).ShouldBeEmpty();
    }

    [Fact]
    public void No_exception_is_kept_that_nothing_needs()
    {
        var packaged = PackagedService.ReadAll();
        var different = Differences(packaged).Select(difference => difference.Alias).ToHashSet();
        var exceptions = CatalogueException.ReadAll();

        exceptions.Select(exception => exception.Alias).Distinct().Count().ShouldBe(exceptions.Count);
        exceptions.Where(exception => EntriesByAlias.ContainsKey(exception.Alias) && !different.Contains(exception.Alias))
            .Select(exception => exception.Alias).ShouldBeEmpty();
    }

    [Fact]
    public void Macros_are_read_with_what_they_call_and_with_the_way_back()
    {
        var macros = PackagedService.ReadAll().Where(service => service.Source == PackagedService.Shorewall).ToDictionary(service => service.Name);

        macros["Web"].Openings.Select(Port).ShouldBe(["Tcp 80 Server", "Tcp 443 Server"]);
        macros["NTPbi"].Openings.Select(Port).ShouldBe(["Udp 123 Server", "Udp 123 Client"]);
        macros["Ping"].Openings.Select(opening => (opening.Protocol, opening.IcmpType)).ShouldBe([(IpProtocol.Icmp, (byte?)8), (IpProtocol.Icmp6, (byte?)128)]);
        macros["FTP"].Helpers.ShouldBe(["ftp"]);
    }

    [Fact]
    public void Services_are_read_with_what_they_include()
    {
        var services = PackagedService.ReadAll().Where(service => service.Source == PackagedService.Firewalld).ToDictionary(service => service.Name);

        services["matrix"].Openings.Select(Port).ShouldBe(["Tcp 8448 Server", "Tcp 443 Server"]);
        services["llmnr-client"].Openings.ShouldHaveSingleItem().Source.ShouldBe(PortSet.Of((ushort)5355));
        services["ipsec"].Openings.Select(opening => opening.Protocol).Distinct().Order()
            .ShouldBe([IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Esp, IpProtocol.Ah]);
    }

    private static IEnumerable<(string Alias, string[] Missing)> Differences(IEnumerable<PackagedService> packaged) =>
        from service in packaged
        from entry in EntriesByAlias.GetValueOrDefault(service.Alias, [])
        let missing = EntryOpenings.Missing(entry, service).ToArray()
        where missing.Length > 0
        select (service.Alias, missing);

    private static string Port(Opening opening) => $"{opening.Protocol} {opening.Destination} {opening.Side}";
}
