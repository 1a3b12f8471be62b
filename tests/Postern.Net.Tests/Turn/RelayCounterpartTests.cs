using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Turn;

/// <summary>coturn's own client tools against our relay, over real sockets.</summary>
[Trait("part", "net")]
public sealed class RelayCounterpartTests : IAsyncDisposable
{
    private readonly LoopbackRelay _relay = new();

    public ValueTask DisposeAsync() => _relay.DisposeAsync();

    [Theory]
    [InlineData("fixed user, channels", "-u user -w pass")]
    [InlineData("fixed user, indications", "-u user -w pass -s")]
    [InlineData("fixed user, no RTCP pair", "-u user -w pass -c")]
    [InlineData("minted user, channels", "-u joe -W north")]
    [InlineData("minted user, indications", "-u joe -W north -s")]
    [InlineData("minted user, no RTCP pair, indications", "-u joe -W north -c -s")]
    [InlineData("large payloads", "-u joe -W north -l 1200")]
    public void Turnutils_uclient_gets_every_message_back_from_a_peer(string variant, string options)
    {
        var said = Run($"{options} -e 127.0.0.1 -r {_relay.PeerPort}");
        said.ShouldContain("Total lost packets 0 (0.000000%)", customMessage: variant);
        _relay.Driver.Stats.Hairpinned.ShouldBe(0);
        _relay.Driver.Stats.Withheld.ShouldBe(0);
    }

    [Theory]
    [InlineData("-u user -w pass -y")]
    [InlineData("-u user -w pass -y -s")]
    [InlineData("-u joe -W north -y -c")]
    public void Turnutils_uclient_speaks_to_itself_without_leaving_the_relay(string options)
    {
        Run(options).ShouldContain("Total lost packets 0 (0.000000%)");
        var stats = _relay.Driver.Stats;
        stats.Hairpinned.ShouldBeGreaterThan(0);
        (stats.ToPeers.DataPackets + stats.ToPeers.CheckPackets).ShouldBe(stats.Hairpinned);
    }

    [Theory]
    [InlineData("-u user -w wrong")]
    [InlineData("-u joe -W south")]
    public void Turnutils_uclient_with_wrong_credentials_is_refused(string options)
    {
        var outcome = Try($"{options} -e 127.0.0.1 -r {_relay.PeerPort}");
        outcome.ExitCode.ShouldNotBe(0);
        _relay.Driver.Stats.Allocated.ShouldBe(0);
    }

    [Fact]
    public void Turnutils_stunclient_and_natdiscovery_are_answered_on_the_same_port()
    {
        Shell.Try("turnutils_stunclient", ["-p", $"{_relay.Port}", "-L", "127.0.0.1", "127.0.0.1"]).Output.ShouldContain("UDP reflexive addr: 127.0.0.1");
        var outcome = Shell.Try("turnutils_natdiscovery", ["-m", "-p", $"{_relay.Port}", "-L", "127.0.0.1", "127.0.0.1"]);
        outcome.Output.ShouldContain("Endpoint Independent Mapping");
        outcome = Shell.Try("turnutils_natdiscovery", ["-f", "-p", $"{_relay.Port}", "-L", "127.0.0.1", "127.0.0.1"]);
        outcome.Output.ShouldContain("Endpoint Independent Filtering");
    }

    private Outcome Try(string options) =>
        Shell.Try("turnutils_uclient", [.. options.Split(' '), "-n", "10", "-m", "2", "-p", $"{_relay.Port}", "127.0.0.1"], seconds: 60);

    private string Run(string options)
    {
        var outcome = Try(options);
        outcome.ExitCode.ShouldBe(0, outcome.Output + outcome.Errors);
        return outcome.Output + outcome.Errors;
    }
}
