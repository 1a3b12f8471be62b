using System.Text.Json;
using Postern.Tests.Library;

namespace Postern.Tests.Commands;

/// <summary>The commands as they are typed, against a server of the test's own.</summary>
public sealed class CommandTests : IAsyncLifetime
{
    private readonly Person _person = new();
    private OwnServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await OwnServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _person.Dispose();
    }

    [Fact]
    public void Every_command_prints_one_JSON_object_a_line_when_asked_to()
    {
        Login("alice");
        string[][] commands =
        [
            ["login", "alice"], ["chat", "echo", "hello"], ["ping", "echo", "--count", "2", "--interval", "0.1"], ["why", "echo"], ["check"],
            ["status"], ["status", "--server", _server.Url.Authority], ["punch", "send", "127.0.0.1:9", "hello"],
        ];
        foreach (var command in commands)
        {
            var done = _person.Run([.. command, "--json", "--profile", "alice"]);
            done.ExitCode.ShouldBe(0, $"{command[0]}: {done.Errors}");
            done.Errors.ShouldBeEmpty();
            var lines = done.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            lines.ShouldNotBeEmpty(command[0]);
            lines.ShouldAllBe(line => JsonDocument.Parse(line, default).RootElement.ValueKind == JsonValueKind.Object);
        }
    }

    [Fact]
    public void Two_profiles_of_one_user_talk_and_another_s_name_is_refused()
    {
        Login("alice");
        Login("bob");
        using var bob = _person.Start("chat", "alice", "--profile", "bob");
        using var alice = _person.Start("chat", "bob", "--profile", "alice");
        alice.WaitFor("Connected with bob", 60);
        bob.WaitFor("Connected with alice", 60);
        alice.Type("hello, bob");
        bob.WaitFor("alice: hello, bob", 30);
        bob.Type("hello, alice");
        alice.WaitFor("bob: hello, alice", 30);
        alice.CloseInput();
        bob.CloseInput();
        alice.WaitForExit(30).ExitCode.ShouldBe(0);
        bob.WaitForExit(30).ExitCode.ShouldBe(0);

        var refused = _person.Run("login", $"alice@{_server.Url.Authority}", "--profile", "mallory");
        refused.ExitCode.ShouldBe(4);
        refused.Errors.ShouldBe($"postern: The name 'alice' at {_server.Url.Authority} belongs to another key; choose another name, or use the key that claimed it.\n");
    }

    [Fact]
    public void Somebody_who_does_not_exist_is_named_and_why_blames_no_router()
    {
        Login("alice");
        foreach (var command in new string[][] { ["chat", "nobody", "hello"], ["ping", "nobody"] })
        {
            var failed = _person.Run([.. command, "--profile", "alice"]);
            failed.ExitCode.ShouldBe(3);
            failed.Errors.ShouldBe("postern: Nobody has the name 'nobody' on this switchboard.\n");
        }

        var why = _person.Run("why", "nobody", "--profile", "alice");
        why.ExitCode.ShouldBe(0, why.Errors);
        why.Output.ShouldContain("Nobody has the name 'nobody'");
        why.Output.ShouldNotContain("router");
        why.Output.ShouldNotContain("What was tried");
    }

    [Theory]
    [InlineData(130, "chat", "echo")]
    [InlineData(130, "chat", "nobody")]
    [InlineData(130, "chat")]
    [InlineData(130, "ping", "echo", "--count", "0")]
    public void Ctrl_C_ends_cleanly(int code, params string[] command)
    {
        Login("alice");
        using var running = _person.Start([.. command, "--profile", "alice"]);
        running.WaitFor(command is ["ping", ..] ? "1: " : command is ["chat", "echo"] ? "Connected" : "aiting", 60);
        var ended = running.Interrupt(30);
        ended.ExitCode.ShouldBe(code, ended.Errors);
        ended.Errors.ShouldNotContain("   at ");
    }

    [Fact]
    public void A_port_that_is_taken_is_one_clear_sentence()
    {
        var refused = _person.Run("up", "--listen", _server.Url.Authority);
        refused.ExitCode.ShouldBe(1);
        refused.Errors.ShouldBe($"postern: Cannot listen on {_server.Url.Authority}: Address already in use. Choose another with --listen ADDRESS:PORT.\n");
    }

    [Fact]
    public void Login_keeps_how_much_networks_may_be_bothered_until_it_is_told_otherwise()
    {
        Login("alice");
        Probing().ShouldBe("polite");
        _person.Run("login", "alice", "--probe", "quiet", "--profile", "alice").ExitCode.ShouldBe(0);
        Probing().ShouldBe("quiet");
        Login("alice");
        Probing().ShouldBe("quiet");
        _person.Run("chat", "echo", "hello", "--probe", "bold", "--profile", "alice").ExitCode.ShouldBe(0);
        Probing().ShouldBe("quiet");
        _person.Run("status", "--profile", "alice").Output.ShouldContain(", probing quiet\n");

        string? Probing() => JsonDocument.Parse(_person.Run("status", "--json", "--profile", "alice").Output).RootElement.GetProperty("probe").GetString();
    }

    [Fact]
    public async Task Without_a_server_each_command_says_so_with_code_5()
    {
        Login("alice");
        await _server.DownAsync();
        string[][] commands = [["login", "alice"], ["chat", "echo", "hello"], ["ping", "echo"], ["why", "echo"], ["check"]];
        foreach (var command in commands)
        {
            var failed = _person.Run([.. command, "--profile", "alice"]);
            failed.ExitCode.ShouldBe(5, failed.Errors);
            failed.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]
                .ShouldBe($"postern: The switchboard at {_server.Url.Authority} cannot be reached; is 'postern up' running there?");
        }

        _person.Run("status", "--profile", "alice").ExitCode.ShouldBe(5);
    }

    private void Login(string name)
    {
        var done = _person.Run("login", $"{name}@{_server.Url.Authority}", "--profile", name);
        done.ExitCode.ShouldBe(0, done.Errors);
        done.Output.ShouldBe($"You are {name} at {_server.Url.Authority}.\n");
    }
}
