using Postern.Cli.Catalogue;
using Postern.Cli.Terminal;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Cli.Firewalls;

/// <summary>Turns what was typed into a request to the planner; a mistake is one sentence.</summary>
internal static class RulesRequest
{
    /// <summary>Larger than any zones file that a person wrote.</summary>
    private const int LongestZonesFile = 256 * 1024;

    public static Plan Plan(Output output, RulesOptions options)
    {
        try
        {
            var request = Of(output, options);
            return options.IsRefusal ? Refusal.Plan(request, [.. options.Except.Select(Exception)]) : Planner.Plan(request);
        }
        catch (PlanException e)
        {
            throw new CliException(ExitCode.Usage, e.Message);
        }
    }

    private static PlanRequest Of(Output output, RulesOptions options)
    {
        if (options.Except.Count > 0 && !options.IsRefusal)
        {
            throw new PlanException("--except belongs to --deny.");
        }

        var applications = options.Applications.Select(name => UserCatalogue.Find(output, name)).DistinctBy(application => application.Id).ToList();
        return new()
        {
            Applications = applications,
            Bindings = [.. options.For.Select(Binding)],
            Site = SiteOf(options),
            Versions = options.Family switch { "4" => [IpVersion.V4], "6" => [IpVersion.V6], _ => [IpVersion.V4, IpVersion.V6] },
            Ephemeral = Pairs("--os", options.Systems, applications.SelectMany(application => application.Roles.Keys), Ephemeral),
            Variables = Pairs("--set", options.Variables, applications.SelectMany(PortResolution.VariablesOf), text => Ports("--set", text)),
            WithLegacy = options.WithLegacy,
            RequiredOnly = options.RequiredOnly,
        };
    }

    private static Site SiteOf(RulesOptions options)
    {
        if (options.ZonesFile is not { } file)
        {
            return options.At == "router" ? Site.DefaultRouter : Site.DefaultHost;
        }

        var site = SiteReader.Read(ReadZones(file));
        var here = site.IsRouter ? "router" : "host";
        return options.At is null || options.At == here ? site
            : throw new PlanException($"--at says {options.At}, and the zones file says {here}.");
    }

    private static string ReadZones(string file)
    {
        using var stream = File.OpenRead(file);
        var bytes = new byte[LongestZonesFile + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length <= LongestZonesFile ? System.Text.Encoding.UTF8.GetString(bytes, 0, length).TrimStart('\uFEFF')
            : throw new PlanException($"The zones file is larger than {LongestZonesFile / 1024} KiB.");
    }

    private static RoleBinding Binding(string text) => RoleBinding.TryParse(text, out var binding) ? binding
        : throw new PlanException($"'--for {text}' is no ROLE=HOST[:PORT]; an IPv6 address before a port stands in brackets.");

    private static RefusalException Exception(string text) => RefusalException.TryParse(text, out var exception) ? exception
        : throw new PlanException($"'--except {text}' is none of dns, ntp, PORTS, ADDRESSES, or one of the first three with =ADDRESSES.");

    private static Dictionary<string, PortSet> Pairs(string option, IReadOnlyList<string> texts, IEnumerable<string> known, Func<string, PortSet> read)
    {
        var names = known.Distinct().ToList();
        var pairs = new Dictionary<string, PortSet>();
        foreach (var text in texts)
        {
            if (text.Split('=') is not [var name, var value] || !names.Contains(name))
            {
                var there = names.Count > 0 ? $"there is: {string.Join(", ", names)}" : "there is nothing to choose";
                throw new PlanException($"'{option} {text}' does not name one of these applications' {(option == "--os" ? "roles" : "ports")} before a '='; {there}.");
            }

            pairs[name] = read(value);
        }

        return pairs;
    }

    /// <summary>A system of the table, or what the system itself reports.</summary>
    private static PortSet Ephemeral(string text) => EphemeralPorts.Find(text)?.Ports
        ?? (text.Any(char.IsAsciiDigit) && PortSet.TryParse(text, out _) ? Ports("--os", text)
            : throw new PlanException($"--os knows no system '{text}'; there is: {string.Join(", ", EphemeralPorts.Systems.Select(range => range.System))}, or ports."));

    private static PortSet Ports(string option, string text) => PortSet.TryParse(text, out var ports) ? ports
        : throw new PlanException($"'{option}': '{text}' names no ports; write 443, 1024-65535 or several with commas between.");
}
