using System.CommandLine;
using System.CommandLine.Parsing;
using Postern.Cli.Terminal;
using Postern.Lab.Foreign;
using Postern.Lab.Grid.Real;
using Postern.Lab.Namespaces;
using Postern.Lab.Namespaces.Topologies;
using Postern.Lab.Schedules;

namespace Postern.Cli.Lab;

/// <summary><c>postern lab</c>: networks with boxes of any kind on this machine, and programs in them.</summary>
internal static class LabCommand
{
    public static Command Create(Option<bool> json)
    {
        var command = new Command("lab", "Builds networks behind firewalls and NATs of any kind on this machine, and runs programs in them.");
        command.Add(Up(json));
        command.Add(Down(json));
        command.Add(List(json));
        command.Add(Run(json));
        command.Add(Trace(json));
        command.Add(Grid(json));
        command.Add(Compare(json));
        command.Add(Router(json));
        return command;
    }

    private static Command Up(Option<bool> json)
    {
        var topology = new Argument<string>("TOPOLOGY") { Description = $"A JSON file, or one of these: {string.Join("; ", ReadyTopologies.All.Select(ready => $"{ready.Key} ({ready.Value})"))}." };
        var name = new Option<string?>("--name") { Description = "What to call it; by default as the topology." };
        var boxes = new Option<string[]>("--box") { Description = "Of a ready topology: the box of its first network, of its second, and so on, by id or file; by default linux.", DefaultValueFactory = _ => [] };
        var router = new Option<string>("--router") { Description = "Of a ready topology: 'kernel' or 'tun' for all routers; 'auto' takes the kernel where it can do what the box does.", DefaultValueFactory = _ => "auto" };
        router.Take("auto", "kernel", "tun");
        var command = new Command("up", "Builds a laboratory.") { topology, name, boxes, router };
        command.SetAction((parsed, stop) => GuardAsync(parsed, json, output =>
            LabUp.Run(parsed.GetRequiredValue(topology), parsed.GetValue(name), parsed.GetRequiredValue(boxes), Enum.Parse<RouterKind>(parsed.GetRequiredValue(router), ignoreCase: true), output)));
        return command;
    }

    private static Command Down(Option<bool> json)
    {
        var name = new Argument<string?>("NAME") { Description = "Which; without a name, all.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("down", "Removes a laboratory and everything that runs in it, whatever state it is in.") { name };
        command.SetAction((parsed, stop) => GuardAsync(parsed, json, output => LabDown.Run(parsed.GetValue(name), output)));
        return command;
    }

    private static Command List(Option<bool> json)
    {
        var command = new Command("list", "Shows the laboratories that are up, with their hosts, boxes and addresses.");
        command.SetAction((parsed, stop) => GuardAsync(parsed, json, LabList.Run));
        return command;
    }

    private static Command Run(Option<bool> json)
    {
        var lab = LabOption();
        var host = new Argument<string>("HOST") { Description = "A host or router." };
        var program = new Argument<string[]>("COMMAND") { Description = "A program and its arguments, after '--'.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("run", "Runs any program in a host; its exit code is the program's.") { host, program, lab };
        command.SetAction((parsed, stop) => GuardAsync(parsed, json, output => LabRun.Run(parsed.GetValue(lab), parsed.GetRequiredValue(host), parsed.GetRequiredValue(program))));
        return command;
    }

    private static Command Trace(Option<bool> json)
    {
        var lab = LabOption();
        var member = new Argument<string>("HOST-or-ROUTER") { Description = "Of a router: mappings, drops and alarms; of a host: every packet of IPv4 and IPv6. ARP is left out: it is no IP, and passes no router." };
        var pcap = new Option<string?>("--pcap") { Description = "Write the packets to this file instead (pcapng), for Wireshark." };
        var command = new Command("trace", "Shows what happens in a router or at a host, until Ctrl-C.") { member, pcap, lab };
        command.SetAction((parsed, stop) => GuardAsync(parsed, json, output => LabTrace.RunAsync(parsed.GetValue(lab), parsed.GetRequiredValue(member), parsed.GetValue(pcap), output, stop)));
        return command;
    }

    private static Command Grid(Option<bool> json)
    {
        var boxes = new Option<string[]>("--boxes") { Description = "Which boxes, by id or file, with commas between them; by default all that ship.", DefaultValueFactory = _ => [], CustomParser = OptionWords.Listed };
        var seeds = new Option<int>("--seeds")
        {
            Description = "Worlds for each pair.",
            DefaultValueFactory = _ => 1,
            CustomParser = given => Numbers.Whole(given, 1, 1000, "--seeds takes 1 to 1000."),
        };
        var seed = new Option<int>("--seed")
        {
            Description = "The first world's seed.",
            DefaultValueFactory = _ => 1,
            CustomParser = given => Numbers.Whole(given, 0, int.MaxValue, "--seed takes a whole number, 0 or more."),
        };
        var folder = new Option<string>("--out") { Description = "The folder for grid.json and grid.html; by default this one.", DefaultValueFactory = _ => "." };
        var products = new Option<string[]>("--compare") { Description = $"Other products' published schedules to play between the same boxes, with commas between them: {string.Join(", ", PublishedSchedules.Products)}.", DefaultValueFactory = _ => [], CustomParser = Products };
        var peers = new Option<string[]>("--peer") { Description = $"Programs that meet for real as well, in network namespaces with TUN routers between, with commas between them: {string.Join(", ", RealPeers.Names)}. Needs root, and some 15 s a meeting.", DefaultValueFactory = _ => [], CustomParser = OptionWords.Listed };
        var real = new Option<bool>("--real") { Description = $"The same as --peer {RealPeers.Ours}: this program itself." };
        var pairs = new Option<string[]>("--pairs") { Description = $"Which pairs meet for real, as caller+callee with commas between them, or all; by default all of --boxes, and without --boxes {RealPlan.UsualPairs.Count} usual ones.", DefaultValueFactory = _ => [], CustomParser = OptionWords.Listed };
        var earlier = new Option<string[]>("--meetings") { Description = "A grid.json of before: what met there is shown too, where it has not met anew.", DefaultValueFactory = _ => [] };
        var command = new Command("grid", "Lets every box meet every box in the simulator, and makes a page of what came of it.") { boxes, seeds, seed, folder, products, peers, real, pairs, earlier };
        command.SetAction((parsed, stop) => GuardAsync(parsed, json, output => Task.Run(() => LabGrid.Run( // elsewhere, for signals are listened to only once this method is back
            new()
            {
                Boxes = parsed.GetRequiredValue(boxes),
                Seeds = parsed.GetValue(seeds),
                Seed = (ulong)parsed.GetValue(seed),
                Folder = parsed.GetRequiredValue(folder),
                Products = parsed.GetRequiredValue(products),
                Peers = parsed.GetValue(real) ? [RealPeers.Ours, .. parsed.GetRequiredValue(peers)] : parsed.GetRequiredValue(peers),
                Pairs = parsed.GetRequiredValue(pairs),
                Earlier = parsed.GetRequiredValue(earlier),
            },
            output, stop))));
        return command;
    }

    private static Command Compare(Option<bool> json)
    {
        var pairs = new Option<string[]>("--pairs") { Description = "Which pairs of boxes, as ONE+OTHER, with commas between them; by default those for which a port has to be foretold.", DefaultValueFactory = _ => [], CustomParser = OptionWords.Listed };
        var products = new Option<string[]>("--products") { Description = $"Whose schedules: {string.Join(", ", PublishedSchedules.Products)}; by default all.", DefaultValueFactory = _ => [.. PublishedSchedules.Products], CustomParser = Products };
        var seeds = new Option<int>("--seeds")
        {
            Description = "Worlds for each pair and product.",
            DefaultValueFactory = _ => 20,
            CustomParser = given => Numbers.Whole(given, 1, 1000, "--seeds takes 1 to 1000."),
        };
        var loss = new Option<double>("--loss")
        {
            Description = "Percent of the packets that are lost on each home's line.",
            DefaultValueFactory = _ => 1,
            CustomParser = given => Numbers.Any(given, 0, 50, "--loss takes 0 to 50 percent."),
        };
        var command = new Command("compare", "Plays other products' published schedules between pairs of boxes in the simulator: success, time, ports, alarms.") { pairs, products, seeds, loss };
        command.SetAction((parsed, stop) => GuardAsync(parsed, json, output => Task.Run(() => LabCompare.Run(
            parsed.GetRequiredValue(pairs), parsed.GetRequiredValue(products), parsed.GetValue(seeds), parsed.GetValue(loss), output, stop))));
        return command;
    }

    /// <summary>Names with commas between them; one that is none of these is refused.</summary>
    private static string[] Products(ArgumentResult given)
    {
        var names = OptionWords.Listed(given);
        if (names.FirstOrDefault(name => !PublishedSchedules.Products.Contains(name)) is { } stranger)
        {
            given.AddError($"No schedule of '{stranger}' is known; there are {string.Join(", ", PublishedSchedules.Products)}.");
        }

        return names;
    }

    private static Command Router(Option<bool> json)
    {
        var file = new Argument<string>("FILE") { Description = "Its description; '-' for standard input." };
        var command = new Command("router", "Is a router, in the network of this process.") { file };
        command.Hidden = true;
        command.SetAction((parsed, stop) => GuardAsync(parsed, json, _ => LabRouter.Run(parsed.GetRequiredValue(file), stop)));
        return command;
    }

    private static Option<string?> LabOption() => new("--lab") { Description = "Which laboratory, where several are up." };

    private static Task<int> GuardAsync(ParseResult parsed, Option<bool> json, Func<Output, int> action) =>
        GuardAsync(parsed, json, output => Task.FromResult(action(output)));

    private static async Task<int> GuardAsync(ParseResult parsed, Option<bool> json, Func<Output, Task<int>> action)
    {
        try
        {
            return await action(new Output(Console.Out, Console.Error, parsed.GetValue(json))).ConfigureAwait(false);
        }
        catch (CliException e)
        {
            return await SayAsync(e.Message, e.ExitCode).ConfigureAwait(false);
        }
        catch (MissingProgramException e)
        {
            return await SayAsync(e.Message, ExitCode.ProgramMissing).ConfigureAwait(false);
        }
        catch (Exception e) when (e is LabException or IOException or UnauthorizedAccessException)
        {
            return await SayAsync(e.Message, ExitCode.Failure).ConfigureAwait(false);
        }
    }

    private static async Task<int> SayAsync(string sentence, int code)
    {
        await Console.Error.WriteLineAsync($"postern: {Printable.Of(sentence)}").ConfigureAwait(false);
        return code;
    }
}
