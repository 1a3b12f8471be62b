using System.Text.Json;
using System.Text.RegularExpressions;

namespace Postern.Firewalls.Rules;

/// <summary>Reads a zones file (<c>catalogue/zones.schema.json</c>): strict, since a mistake here opens the wrong door.</summary>
public static partial class SiteReader
{
    private static readonly string[] SiteProperties = ["$schema", "at", "outer", "zones"];
    private static readonly string[] ZoneProperties = ["name", "interfaces", "addresses", "outside", "nat", "routeBack"];

    /// <summary>Words that mean something else to us or to Shorewall.</summary>
    private static readonly string[] Reserved = ["fw", "self", "all", "any", "none"];

    private static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 8, AllowDuplicateProperties = false };

    /// <exception cref="PlanException">One sentence that says what is wrong and where.</exception>
    public static Site Read(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return ReadSite(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new PlanException($"The zones file is no JSON at line {e.LineNumber + 1}: {e.Message.Split(". ")[0]}.", e);
        }
    }

    private static Site ReadSite(JsonElement root)
    {
        CheckProperties(root, "the zones file", SiteProperties);
        var isRouter = Text(root, "at", "the zones file") switch
        {
            "router" => true,
            "host" => false,
            _ => throw new PlanException("The zones file must say \"at\": \"router\" or \"host\"."),
        };
        if (!root.TryGetProperty("zones", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
        {
            throw new PlanException("The zones file must have \"zones\": a list of one or more.");
        }

        var zones = list.EnumerateArray().Select(ReadZone).ToList();
        var site = new Site { IsRouter = isRouter, Zones = zones, Outer = Addresses(root, "outer", "the zones file") ?? AddressSet.None };
        Check(site);
        return site;
    }

    private static SiteZone ReadZone(JsonElement zone, int index)
    {
        var where = $"zone {index + 1}";
        CheckProperties(zone, where, ZoneProperties);
        var name = Text(zone, "name", where) ?? throw new PlanException($"In the zones file, {where} has no \"name\".");
        where = $"zone '{name}'";
        if (!ZoneName().IsMatch(name) || Reserved.Contains(name))
        {
            throw new PlanException($"In the zones file, {where} has a name that is not 1 to 10 lower-case letters and digits, a letter first, or that is one of {string.Join(", ", Reserved)}.");
        }

        var interfaces = Interfaces(zone, where);
        return new(new(name, interfaces, Addresses(zone, "addresses", where) ?? AddressSet.Any), Flag(zone, "outside", where), Flag(zone, "nat", where), Flag(zone, "routeBack", where));
    }

    private static void Check(Site site)
    {
        if (site.Zones.GroupBy(zone => zone.Zone.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new PlanException($"In the zones file, zone '{twice.Key}' stands twice.");
        }

        if (site.Zones.SelectMany(zone => zone.Zone.Interfaces).GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } shared)
        {
            throw new PlanException($"In the zones file, interface '{shared.Key}' belongs to two zones.");
        }

        if (!site.Outside.Any())
        {
            throw new PlanException("In the zones file, no zone is \"outside\": true.");
        }

        if (site.Outside.FirstOrDefault(zone => zone.IsTranslated) is { } outer)
        {
            throw new PlanException($"In the zones file, zone '{outer.Zone.Name}' is outside and cannot be behind NAT.");
        }

        if (site.IsRouter && site.Zones.FirstOrDefault(zone => zone.Zone.Interfaces.Count == 0) is { } floating)
        {
            throw new PlanException($"In the zones file, zone '{floating.Zone.Name}' of a router has no \"interfaces\".");
        }
    }

    private static List<string> Interfaces(JsonElement zone, string where)
    {
        if (!zone.TryGetProperty("interfaces", out var list))
        {
            return [];
        }

        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(name => name.ValueKind != JsonValueKind.String || !InterfaceName().IsMatch(name.GetString()!)))
        {
            throw new PlanException($"In the zones file, {where}: \"interfaces\" is a list of names of interfaces, each of 1 to 15 letters, digits and . _ : @ -.");
        }

        return [.. list.EnumerateArray().Select(name => name.GetString()!)];
    }

    private static AddressSet? Addresses(JsonElement element, string property, string where)
    {
        if (Text(element, property, where) is not { } text)
        {
            return null;
        }

        return AddressSet.TryParse(text, out var addresses) ? addresses
            : throw new PlanException($"In the zones file, {where}: \"{property}\" names no addresses: write \"any\", or addresses, prefixes and ranges with commas between.");
    }

    private static string? Text(JsonElement element, string property, string where) => !element.TryGetProperty(property, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw new PlanException($"In the zones file, {where}: \"{property}\" must be text.");

    private static bool Flag(JsonElement element, string property, string where) => element.TryGetProperty(property, out var value)
        && (value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw new PlanException($"In the zones file, {where}: \"{property}\" must be true or false."));

    private static void CheckProperties(JsonElement element, string where, string[] known)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new PlanException($"In the zones file, {where} must be an object.");
        }

        foreach (var property in element.EnumerateObject().Where(property => !known.Contains(property.Name)))
        {
            throw new PlanException($"In the zones file, {where}: \"{property.Name}\" is not known; there is {string.Join(", ", known.Where(name => name[0] != '$'))}.");
        }
    }

    [GeneratedRegex(@"^[a-z][a-z0-9]{0,9}\z", RegexOptions.CultureInvariant)]
    private static partial Regex ZoneName();

    [GeneratedRegex(@"^[A-Za-z0-9._:@\-]{1,15}\z", RegexOptions.CultureInvariant)]
    private static partial Regex InterfaceName();
}
