using System.Text.RegularExpressions;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Catalogue;

/// <summary>
/// What a row expects of an entry, parts with semicolons between: "client>server tcp 1214", "client>peer udp 2578>2001-2999"
/// (source, then destination; ephemeral for what the system chooses), "icmp 8", "same-port", "fragments", "payload", "helper irc",
/// "ended 2025-05-05", "says WORDS" (of the entry in plain words), a need or a confidence.
/// </summary>
internal static partial class FactExpectation
{
    public static void Check(string expect, Application application, IReadOnlyList<Flow> flows)
    {
        foreach (var part in expect.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (word, rest) = part.IndexOf(' ', StringComparison.Ordinal) is var at and > 0 ? (part[..at], part[(at + 1)..]) : (part, "");
            switch (word)
            {
                case "says":
                    ApplicationText.Of(application).ShouldContain(rest, Case.Insensitive);
                    break;
                case "ended":
                    application.EndedOn.ShouldBe(rest);
                    application.Status.ShouldBe(ApplicationStatus.Ended);
                    break;
                default:
                    flows.ShouldNotBeEmpty(part);
                    Array.ForEach([.. flows], flow => CheckFlow(part, word, rest, flow));
                    break;
            }
        }

        if (FlowForm().Match(expect.Split(';')[0]) is { Success: true } form)
        {
            CheckPorts(form, application, flows);
        }
    }

    private static void CheckFlow(string part, string word, string rest, Flow flow)
    {
        switch (word)
        {
            case "icmp":
                flow.IcmpType?.ToString(System.Globalization.CultureInfo.InvariantCulture).ShouldBe(rest);
                break;
            case "helper":
                flow.Helper.ShouldBe(rest);
                break;
            case "same-port":
                flow.SamePort.ShouldBeTrue();
                break;
            case "fragments":
                flow.Fragments.ShouldBeTrue();
                break;
            case "payload":
                flow.PayloadAddress.ShouldBeTrue();
                break;
            case var _ when EntryWords.TryParse<FlowNeed>(word, out var need):
                flow.Need.ShouldBe(need);
                break;
            case var _ when EntryWords.TryParse<FlowConfidence>(word, out var confidence):
                flow.Confidence.ShouldBe(confidence);
                break;
            default:
                FlowForm().IsMatch(part).ShouldBeTrue($"\"{part}\" is no expectation");
                break;
        }
    }

    private static void CheckPorts(System.Text.RegularExpressions.Match form, Application application, IReadOnlyList<Flow> flows)
    {
        foreach (var flow in flows)
        {
            (flow.From, flow.To).ShouldBe((form.Groups["from"].Value, form.Groups["to"].Value));
            flow.Protocols.Select(EntryWords.Of).ShouldBe(form.Groups["proto"].Value.Split(','), ignoreOrder: true);
            if (form.Groups["src"] is { Success: true, Value: var source })
            {
                (source == "ephemeral" ? flow.SourcePorts is PortExpression.Ephemeral : Ports(source).Equals(UsualPorts.Of(application, flow.SourcePorts)))
                    .ShouldBeTrue($"{application.Id}/{flow.Id} comes from {flow.SourcePorts}");
            }
            else
            {
                (flow.SourcePorts == PortExpression.Anything || flow.SourcePorts is PortExpression.Ephemeral || flow.SamePort)
                    .ShouldBeTrue($"{application.Id}/{flow.Id} comes from {flow.SourcePorts}, of which the row says nothing");
            }
        }

        if (form.Groups["dst"] is { Success: true, Value: var destination })
        {
            flows.Select(flow => UsualPorts.Of(application, flow.DestinationPorts)).Aggregate((all, next) => all.Union(next)).ShouldBe(Ports(destination));
        }
    }

    private static PortSet Ports(string text) => PortSet.TryParse(text, out var ports) ? ports : throw new FormatException(text);

    [GeneratedRegex(@"\A(?<from>[a-z-]+)>(?<to>[a-z-]+) (?<proto>[a-z0-9,]+)(?: (?:(?<src>[0-9,-]+|ephemeral)>)?(?<dst>[0-9,-]+))?\z")]
    private static partial Regex FlowForm();
}
