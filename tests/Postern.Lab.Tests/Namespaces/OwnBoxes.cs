namespace Postern.Tests.Namespaces;

/// <summary>A folder with descriptions that are not in the catalogue.</summary>
internal sealed class OwnBoxes : IDisposable
{
    public OwnBoxes()
    {
        Sevens = Write("sevens", """ "nat": { "mapping": "address-and-port-dependent", "ports": { "rule": "step", "step": 7 } } """);
        Proxied = Write("proxied", """ "natOf": "linux", "firewall": { "outgoing": [{ "protocol": "tcp", "ports": [3128], "to": ["proxy"] }] } """);
        Row = Write("row-of-three", """ "row": ["firewall-1", "carrier-over-home"] """);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("postern-boxes-").FullName;

    /// <summary>Its ports are seven apart, which the kernel cannot do.</summary>
    public string Sevens { get; }

    /// <summary>A firewall that names the proxy, as the kernel can be it.</summary>
    public string Proxied { get; }

    /// <summary>A box, and a row of the catalogue outside of it.</summary>
    public string Row { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private string Write(string id, string rules)
    {
        var file = Path.Combine(Folder, $"{id}.json");
        File.WriteAllText(file, $$"""{ "id": "{{id}}", "title": "", "summary": "", "sources": { "*": "a test" }, {{rules}} }""");
        return file;
    }
}
