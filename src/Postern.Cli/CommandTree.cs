using System.CommandLine;
using System.CommandLine.Help;
using System.Net.WebSockets;
using Postern.Cli.Catalogue;
using Postern.Cli.Commands;
using Postern.Cli.Firewalls;
using Postern.Cli.Lab;
using Postern.Cli.Profiles;
using Postern.Cli.Punch;
using Postern.Cli.Terminal;

namespace Postern.Cli;

/// <summary>The commands and options of <c>postern</c>.</summary>
internal static class CommandTree
{
    private static readonly Option<bool> Json = new("--json") { Description = "Print one JSON object a line.", Recursive = true };

    private static readonly Option<string> ProfileName = new("--profile")
    {
        Description = "Which identity to use; several stand side by side.",
        DefaultValueFactory = _ => "default",
        Recursive = true,
    };

    public static async Task<int> RunAsync(string[] args)
    {
        var root = Create();
        if (Completion.TryAnswer(root, args, Console.Out))
        {
            return ExitCode.Success;
        }

        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null }); // "@" begins a name or a text, not a file
        if (parsed.Errors.Count > 0)
        {
            return await SayAsync(UsageComplaint.Of(parsed), ExitCode.Usage).ConfigureAwait(false);
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(5) })
            .ConfigureAwait(false);
    }

    /// <summary>All that can be typed.</summary>
    public static Command Create()
    {
        // Not a RootCommand: that would bear the name of the file, which nobody types.
        var root = new Command("postern", "Connects two computers behind firewalls: directly where they allow it, relayed where they do not, and says why.")
        {
            Json,
            ProfileName,
            new HelpOption(),
            new VersionOption(),
        };
        root.Add(Up());
        root.Add(Login());
        root.Add(Chat());
        root.Add(Ping());
        root.Add(Why());
        root.Add(CheckCommand.Create(GuardAsync));
        root.Add(PunchCommand.Create(Json));
        root.Add(CatalogueCommand.Create((parsed, action) => GuardAsync(parsed, output => Task.FromResult(action(output)))));
        root.Add(RulesCommand.Create((parsed, action) => GuardAsync(parsed, output => Task.FromResult(action(output)))));
        root.Add(LearnCommand.Create(GuardAsync));
        root.Add(Status());
        root.Add(LabCommand.Create(Json));
        root.Add(CompletionCommand.Create());
        OptionWords.RefuseEmpty(root);
        ManualHelp.Install(root);
        return root;
    }

    private static Command Up()
    {
        var listen = new Option<string[]>("--listen")
        {
            Description = "ADDRESS or ADDRESS:PORT: the first for switchboard and relay, further ones for the relay; a second address completes the NAT test.",
            DefaultValueFactory = _ => [Profile.DefaultServer],
            AllowMultipleArgumentsPerToken = true,
        };
        var publicAddress = new Option<string?>("--public-address") { Description = "The address under which the world reaches this machine, where that is another." };
        var data = new Option<string?>("--data") { Description = "The folder for names, keys and secrets." };
        var allow = new Option<string[]>("--allow-peer")
        {
            Description = "A prefix that the relay may reach although it is private, such as 10.0.0.0/8; for laboratories.",
            DefaultValueFactory = _ => [],
        };
        var command = new Command("up", "Runs the switchboard and the relay.") { listen, publicAddress, data, allow };
        command.SetAction((parsed, stop) => GuardAsync(parsed, (_, output) => new UpCommand(output).RunAsync(
            parsed.GetRequiredValue(listen), parsed.GetValue(publicAddress), parsed.GetValue(data), parsed.GetRequiredValue(allow), stop)));
        return command;
    }

    private static DocumentedCommand Login()
    {
        var name = new Argument<string>("NAME[@SERVER]") { Description = "The name to claim or to use, and the switchboard, as HOST or HOST:PORT." };
        var probe = ProbeOption.Create("How much networks may be bothered for a direct path, from now on.");
        var command = new DocumentedCommand("login", "Claims a name on a switchboard with this profile's key, or proves that it is yours.", ProbeOption.Manual) { name, probe };
        command.SetAction((parsed, stop) => GuardAsync(parsed, (store, output) =>
            new LoginCommand(store, output).RunAsync(parsed.GetRequiredValue(name), ProbeOption.Of(parsed, probe), stop)));
        return command;
    }

    private static DocumentedCommand Chat()
    {
        var name = new Argument<string?>("NAME") { Description = "Whom to talk to; without a name, whoever calls.", Arity = ArgumentArity.ZeroOrOne };
        var text = new Argument<string?>("text") { Description = "One message; without it, lines are read from standard input.", Arity = ArgumentArity.ZeroOrOne };
        var wait = new Option<bool>("--wait") { Description = "With a text: wait for a peer who is not there yet." };
        var probe = ProbeOption.Create("How much networks may be bothered for a direct path.");
        var command = new DocumentedCommand("chat", "Talks to somebody, one line a message.", ProbeOption.Manual) { name, text, wait, probe };
        command.SetAction((parsed, stop) => GuardAsync(parsed, (store, output) =>
            new ChatCommand(store, output, Console.In, !Console.IsInputRedirected)
                .RunAsync(parsed.GetValue(name), parsed.GetValue(text), parsed.GetValue(wait), ProbeOption.Of(parsed, probe), stop)));
        return command;
    }

    private static DocumentedCommand Ping()
    {
        var name = new Argument<string>("NAME") { Description = "Whom to ping." };
        var count = new Option<int>("--count", "-c")
        {
            Description = "How many probes; 0 goes on until Ctrl-C.",
            DefaultValueFactory = _ => 4,
            CustomParser = given => Numbers.Whole(given, 0, int.MaxValue, "--count takes a whole number, 0 or more."),
        };
        var interval = new Option<double>("--interval", "-i")
        {
            Description = "Seconds between probes.",
            DefaultValueFactory = _ => 1,
            CustomParser = given => Numbers.Any(given, 0.01, 3600, "--interval takes 0.01 to 3600 seconds."),
        };
        var probe = ProbeOption.Create("How much networks may be bothered for a direct path.");
        var command = new DocumentedCommand("ping", "Measures the round trip to a peer, one line a probe, with its path.", ProbeOption.Manual) { name, count, interval, probe };
        command.SetAction((parsed, stop) => GuardAsync(parsed, (store, output) => new PingCommand(store, output).RunAsync(
            parsed.GetRequiredValue(name), parsed.GetValue(count), TimeSpan.FromSeconds(parsed.GetValue(interval)), ProbeOption.Of(parsed, probe), stop)));
        return command;
    }

    private static Command Why()
    {
        var name = new Argument<string>("NAME") { Description = "The peer." };
        var command = new Command("why", "Explains the last connection with a peer: what was tried, what it cost, why this path, what would improve it.") { name };
        command.SetAction((parsed, stop) => GuardAsync(parsed, (store, output) => new WhyCommand(store, output).RunAsync(parsed.GetRequiredValue(name), stop)));
        return command;
    }

    private static Command Status()
    {
        var server = new Option<string?>("--server") { Description = "Instead: what the server at HOST[:PORT] is doing." };
        var command = new Command("status", "Shows who you are, where, and whether the switchboard answers.") { server };
        command.SetAction((parsed, stop) => GuardAsync(parsed, (store, output) => new StatusCommand(store, output).RunAsync(parsed.GetValue(server), stop)));
        return command;
    }

    private static Task<int> GuardAsync(ParseResult parsed, Func<ProfileStore, Output, Task<int>> action) =>
        GuardAsync(parsed, output => action(new ProfileStore(parsed.GetRequiredValue(ProfileName)), output));

    /// <summary>Turns every expected failure into one sentence and an exit code.</summary>
    private static async Task<int> GuardAsync(ParseResult parsed, Func<Output, Task<int>> action)
    {
        try
        {
            return await action(new Output(Console.Out, Console.Error, parsed.GetValue(Json))).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (CliException e)
        {
            return await SayAsync(e.Message, e.ExitCode).ConfigureAwait(false);
        }
        catch (ConnectException e)
        {
            return await SayAsync(e.Message, ExitCode.Of(e.Failure)).ConfigureAwait(false);
        }
        catch (System.Threading.Channels.ChannelClosedException)
        {
            return await SayAsync("The other side ended the conversation.", ExitCode.PeerUnreachable).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or WebSocketException)
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
