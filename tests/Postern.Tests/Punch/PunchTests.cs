using System.Text.Json;
using Postern.Cli.Punch;
using Postern.Cli.Terminal;
using Postern.Net.Tests.Networks;

namespace Postern.Tests.Punch;

public sealed class PunchTests : IDisposable
{
    private readonly StringWriter _out = new();
    private readonly StringWriter _err = new();

    public void Dispose()
    {
        _out.Dispose();
        _err.Dispose();
    }

    /// <summary>The second socket on the port takes nothing away from the first, once it has punched.</summary>
    [Fact]
    public async Task What_arrives_after_the_punch_is_the_listeners()
    {
        var (port, other) = (FreePort.Next(), FreePort.Next());
        var heard = new StringWriter();
        var listening = PunchListen.RunAsync(new(port, Count: 3, For: TimeSpan.FromSeconds(10)), heard, _err, default);
        for (var i = 1; i <= 3; i++)
        {
            (await PunchOpen.RunAsync(new($"127.0.0.1:{other}", port), _out, _err, default)).ShouldBe(0);
            (await PunchSend.RunAsync(new($"127.0.0.1:{port}", $"hello {i}", other), _out, _err, default)).ShouldBe(0);
        }

        (await listening).ShouldBe(0);
        heard.ToString().ShouldBe($"""
            Listening on UDP port {port}.
            127.0.0.1:{other}: hello 1
            127.0.0.1:{other}: hello 2
            127.0.0.1:{other}: hello 3

            """);
        _err.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task Both_address_families_arrive_and_JSON_says_the_same()
    {
        var (port, other) = (FreePort.Next(), FreePort.Next());
        var listening = PunchListen.RunAsync(new(port, Count: 2, For: TimeSpan.FromSeconds(10), Json: true), _out, _err, default);
        await PunchSend.RunAsync(new($"[::1]:{port}", "six", other), TextWriter.Null, _err, default);
        await PunchSend.RunAsync(new($"127.0.0.1:{port}", "four\n", other), TextWriter.Null, _err, default);

        (await listening).ShouldBe(0);
        var lines = _out.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        lines[0].GetProperty("listening").GetInt32().ShouldBe(port);
        lines[1].GetProperty("from").GetString().ShouldBe($"[::1]:{other}");
        lines[2].GetProperty("from").GetString().ShouldBe($"127.0.0.1:{other}");
        lines[2].GetProperty("text").GetString().ShouldBe(@"four\n");
        lines[2].GetProperty("bytes").GetInt32().ShouldBe(5);
    }

    [Fact]
    public async Task A_listener_that_hears_nothing_says_so()
    {
        (await PunchListen.RunAsync(new(FreePort.Next(), For: TimeSpan.FromMilliseconds(50)), _out, _err, default)).ShouldBe(3);
        _err.ToString().ShouldBe("Nothing arrived.\n");
    }

    [Fact]
    public async Task Ctrl_C_ends_a_listener()
    {
        using var interrupt = new CancellationTokenSource(50);
        (await PunchListen.RunAsync(new(FreePort.Next()), _out, _err, interrupt.Token)).ShouldBe(130);
        _err.ToString().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_port_that_somebody_holds_alone_is_one_clear_sentence()
    {
        var port = FreePort.Next();
        using var selfish = new System.Net.Sockets.UdpClient(port);
        (await PunchOpen.RunAsync(new("127.0.0.1:9", port), _out, _err, default)).ShouldBe(1);
        _err.ToString().ShouldBe($"Port {port} is held by a program that does not share it; 'postern punch listen' does.\n");
    }

    [Theory]
    [InlineData("nowhere", 2)]
    [InlineData("nowhere:0", 2)]
    [InlineData("nowhere:65536", 2)]
    [InlineData(":53", 2)]
    [InlineData("2001:db8::7:53", 2)]
    [InlineData("127.0.0.1:0", 2)]
    [InlineData("no-such-name.invalid:53", 3)]
    public async Task A_target_that_is_none_is_one_clear_sentence(string target, int code)
    {
        (await PunchSend.RunAsync(new(target, "hello"), _out, _err, default)).ShouldBe(code);
        _err.ToString().ShouldContain(target.Split(':')[0]);
        _err.ToString().ShouldEndWith(".\n");
        _err.ToString().Count(character => character == '\n').ShouldBe(1);
        _out.ToString().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(-1, null)]
    [InlineData(65536, null)]
    [InlineData(14141, 0)]
    [InlineData(14141, 256)]
    public async Task A_port_or_TTL_that_cannot_be_is_refused(int port, int? ttl)
    {
        (await PunchOpen.RunAsync(new("127.0.0.1:9", port, ttl), _out, _err, default)).ShouldBe(2);
        _err.ToString().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task A_text_longer_than_a_datagram_is_refused()
    {
        (await PunchSend.RunAsync(new("127.0.0.1:9", new string('x', 65_508)), _out, _err, default)).ShouldBe(2);
        _err.ToString().ShouldBe("One datagram holds 65507 bytes, and the text has 65508.\n");
    }

    [Theory]
    [InlineData("68656C6C6F", "hello")]
    [InlineData("C3BC20E282AC20F09F9982", "ü € 🙂")]
    [InlineData("0A0D095C", @"\n\r\t\\")]
    [InlineData("1B5B33316D", @"\x1B[31m")]
    [InlineData("7F00", @"\x7F\x00")]
    [InlineData("FFC3", @"\xFF\xC3")]
    [InlineData("C285E280AEE280A8", @"\u{85}\u{202E}\u{2028}")]
    public void What_a_terminal_could_obey_is_escaped(string bytes, string shown) => Printable.Of(Convert.FromHexString(bytes)).ShouldBe(shown);
}
