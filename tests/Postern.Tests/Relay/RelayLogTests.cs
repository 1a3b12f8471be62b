using Microsoft.Extensions.Logging;
using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Turn;
using Postern.Server.Relay;

namespace Postern.Tests.Relay;

public class RelayLogTests
{
    [Fact]
    public async Task Names_from_the_network_are_escaped_and_cut_short_in_the_log()
    {
        var log = new KeptLog();
        await using var relay = RelayDriver.Start(new() { Listen = [Endpoint.Parse("127.0.0.1:0")], Users = new TurnRestUsers("north"), Logger = log });
        using var client = new LoopbackClient(relay.Endpoints[0], "north", new string('x', 300), "ann\r\nfake line\u001b[31m");
        var relayed = client.Await<TurnEvent.Allocated>(client.Allocation.Allocate).Relayed;
        client.Await<TurnEvent.Lost>(client.Allocation.Release);

        for (var i = 0; i < 100 && log.Lines.Count < 2; i++)
        {
            await Task.Delay(50); // the log is written after the answer has left
        }

        var lines = log.Lines;
        lines.Count.ShouldBe(2);
        lines[0].ShouldBe($"Relaying for {client.Allocation.Local} on {relayed} (user ann\\u000d\\u000afake line\\u001b[31m, session {new string('x', 64)}…)");
        lines[1].ShouldEndWith(": Released");
    }

    [Fact]
    public async Task A_log_that_fails_stops_nothing()
    {
        var log = new KeptLog { Fails = true };
        await using var relay = RelayDriver.Start(new() { Listen = [Endpoint.Parse("127.0.0.1:0")], Users = new TurnRestUsers("north"), Logger = log });
        for (var i = 0; i < 3; i++)
        {
            using var client = new LoopbackClient(relay.Endpoints[0], "north");
            client.Await<TurnEvent.Allocated>(client.Allocation.Allocate);
            client.Await<TurnEvent.Lost>(client.Allocation.Release);
        }

        SpinWait.SpinUntil(() => log.Lines.Count == 6, TimeSpan.FromSeconds(5)).ShouldBeTrue();
    }

    private sealed class KeptLog : ILogger
    {
        private readonly List<string> _lines = [];

        public bool Fails { get; init; }

        public List<string> Lines
        {
            get
            {
                lock (_lines)
                {
                    return [.. _lines];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (_lines)
            {
                _lines.Add(formatter(state, exception));
            }

            if (Fails)
            {
                throw new IOException("The disk is full.");
            }
        }
    }
}
