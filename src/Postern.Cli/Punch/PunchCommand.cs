using System.CommandLine;
using System.CommandLine.Parsing;
using Postern.Cli.Terminal;

namespace Postern.Cli.Punch;

/// <summary><c>postern punch</c>: hole punching to do yourself, in three small steps.</summary>
internal static class PunchCommand
{
    private const string Recipe = """
        Behind the firewall:  postern punch listen --port 14141
        Outside:              postern punch send FIREWALL:14141 "hello" --from-port 5300    does not arrive
        Behind the firewall:  postern punch open OUTSIDE:5300 --from-port 14141
        Outside:              postern punch send FIREWALL:14141 "hello" --from-port 5300    arrives
        """;

    /// <summary>Seconds; a timer holds no more than some 24 days.</summary>
    private const double LongestWait = 24 * 24 * 3600;

    /// <summary>Without a step it shows how the steps follow each other.</summary>
    public static Command Create(Option<bool> json)
    {
        var command = new Command("punch", "Punch a hole into a firewall by hand, in three small steps.") { Listen(json), Send(json), Open(json) };
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(Recipe));
        return command;
    }

    private static Command Listen(Option<bool> json)
    {
        var port = new Option<int>("--port") { Description = "The UDP port.", DefaultValueFactory = _ => 14141, CustomParser = given => Port(given, 1) };
        var count = new Option<int?>("--count")
        {
            Description = "End after so many packets.",
            CustomParser = given => Numbers.Whole(given, 1, int.MaxValue, "--count takes a whole number, 1 or more."),
        };
        var seconds = new Option<double?>("--for")
        {
            Description = "End after so many seconds.",
            CustomParser = given => Numbers.Any(given, 0.001, LongestWait, "--for takes 0.001 seconds to 24 days."),
        };
        var command = new Command("listen", "Show what arrives at a UDP port, and from whom.") { port, count, seconds };
        command.SetAction((parsed, cancel) => PunchListen.RunAsync(
            new(parsed.GetValue(port), parsed.GetValue(count), Span(parsed.GetValue(seconds)), parsed.GetValue(json)),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancel));
        return command;
    }

    private static Command Send(Option<bool> json)
    {
        var target = new Argument<string>("HOST:PORT") { Description = "Where to." };
        var text = new Argument<string>("TEXT") { Description = "What." };
        var from = new Option<int>("--from-port") { Description = "The port to send from; any if not given.", CustomParser = given => Port(given, 0) };
        var command = new Command("send", "Send one UDP packet.") { target, text, from };
        command.SetAction((parsed, cancel) => PunchSend.RunAsync(
            new(parsed.GetValue(target)!, parsed.GetValue(text)!, parsed.GetValue(from), parsed.GetValue(json)),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancel));
        return command;
    }

    private static Command Open(Option<bool> json)
    {
        var target = new Argument<string>("HOST:PORT") { Description = "Who is to come in: address and port outside." };
        var from = new Option<int>("--from-port") { Description = "The port of 'punch listen'.", DefaultValueFactory = _ => 14141, CustomParser = given => Port(given, 1) };
        var ttl = new Option<int?>("--ttl")
        {
            Description = "Hops that the packet lives; as many as lead out of the own network are enough.",
            CustomParser = given => Numbers.Whole(given, 1, 255, "--ttl takes 1 to 255."),
        };
        var command = new Command("open", "Punch the hole: one packet from the listener's port.") { target, from, ttl };
        command.SetAction((parsed, cancel) => PunchOpen.RunAsync(
            new(parsed.GetValue(target)!, parsed.GetValue(from), parsed.GetValue(ttl), parsed.GetValue(json)),
            parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, cancel));
        return command;
    }

    private static int Port(ArgumentResult given, int least) => Numbers.Whole(given, least, ushort.MaxValue, $"A port is {least} to 65535.");

    private static TimeSpan? Span(double? seconds) => seconds is { } value ? TimeSpan.FromSeconds(value) : null;
}
