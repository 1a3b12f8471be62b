using System.Security.Cryptography;
using Postern.Protocol.Ice;
using Postern.Protocol.Switching.Identity;

namespace Postern.Tests.Library;

/// <summary>The library against a whole server on loopback.</summary>
public class PosternClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task What_the_README_shows_works()
    {
        await using var server = await OwnServer.StartAsync();
        using var key = PeerIdentity.Create();
        using var bobsKey = PeerIdentity.Create();
        await using var bob = await server.RegisterAsync("bob", bobsKey);
        var answering = FirstMessageAsync(bob);
        var url = server.Url;

        // README
        await using var me = await PosternClient.RegisterAsync(new() { Server = url, Name = "alice", Identity = key });
        await using var session = await me.ConnectAsync("bob");
        var channel = session.OpenChannel("files");
        await channel.SendAsync("hello");
        Console.WriteLine(session.Report.Summary);

        (await answering.WaitAsync(Patience)).ShouldBe("hello");
        session.Path.ShouldBe(PathKind.Host);
    }

    [Fact]
    public async Task Large_messages_pass_whole_in_both_directions_and_datagrams_beside_them()
    {
        await using var server = await OwnServer.StartAsync();
        using var key = PeerIdentity.Create();
        await using var me = await server.RegisterAsync("alice", key);
        await using var session = await me.ConnectAsync("echo");
        await foreach (var report in session.ReportsAsync())
        {
            report.Attempts.Count(attempt => attempt.Outcome == "used").ShouldBe(1);
            break;
        }

        var channel = session.OpenChannel("large");
        for (var i = 0; i < 20; i++)
        {
            var message = RandomNumberGenerator.GetBytes(250_000);
            await channel.SendAsync(message);
            (await channel.ReceiveAsync().AsTask().WaitAsync(Patience)).Bytes.ToArray().ShouldBe(message);
        }
    }

    [Fact]
    public async Task Who_does_not_read_holds_the_other_side_back_and_loses_nothing()
    {
        const int count = 100_000; // 100 MB; both send buffers and both receive windows on the way hold 32 MiB together, and some MB are between them
        await using var server = await OwnServer.StartAsync();
        using var key = PeerIdentity.Create();
        await using var me = await server.RegisterAsync("alice", key);
        await using var session = await me.ConnectAsync("echo");
        var channel = session.OpenChannel("much");
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            var message = new byte[1000];
            for (; sent < count; Interlocked.Increment(ref sent))
            {
                BitConverter.TryWriteBytes(message, sent);
                await channel.SendAsync(message);
            }
        });
        await StandstillAsync(() => Volatile.Read(ref sent));
        sent.ShouldBeLessThan(count / 2);
        for (var i = 0; i < count; i++)
        {
            BitConverter.ToInt32((await channel.ReceiveAsync().AsTask().WaitAsync(Patience)).Bytes.Span).ShouldBe(i);
        }

        await sending.WaitAsync(Patience);
    }

    [Fact]
    public async Task Both_calling_each_other_at_once_makes_one_session()
    {
        await using var server = await OwnServer.StartAsync();
        using var alicesKey = PeerIdentity.Create();
        using var bobsKey = PeerIdentity.Create();
        await using var alice = await server.RegisterAsync("alice", alicesKey);
        await using var bob = await server.RegisterAsync("bob", bobsKey);
        for (var round = 0; round < 5; round++)
        {
            var calls = await Task.WhenAll(alice.ConnectAsync("bob"), bob.ConnectAsync("alice")).WaitAsync(Patience);
            calls.Count(session => session.IsCaller).ShouldBe(1);
            await calls[0].DisposeAsync();
            await calls[1].DisposeAsync();
        }
    }

    [Fact]
    public async Task A_known_name_with_another_key_is_refused_with_one_sentence()
    {
        await using var server = await OwnServer.StartAsync();
        using var key = PeerIdentity.Create();
        using var other = PeerIdentity.Create();
        await (await server.RegisterAsync("alice", key)).DisposeAsync();
        var refused = await Should.ThrowAsync<ConnectException>(() => server.RegisterAsync("alice", other));
        refused.Failure.ShouldBe(ConnectFailure.RefusedByServer);
        refused.Message.ShouldContain("another key");
    }

    [Fact]
    public async Task A_peer_whose_key_is_not_the_pinned_one_is_refused_and_nobody_else_is_disturbed()
    {
        await using var server = await OwnServer.StartAsync();
        using var key = PeerIdentity.Create();
        using var bobsKey = PeerIdentity.Create();
        using var pinned = PeerIdentity.Create();
        var contacts = new MemoryContactBook();
        contacts.Pin("bob", pinned.PublicKey);
        await using var bob = await server.RegisterAsync("bob", bobsKey);
        await using var me = await server.RegisterAsync("alice", key, contacts);
        _ = FirstMessageAsync(bob);

        var refused = await Should.ThrowAsync<ConnectException>(() => me.ConnectAsync("bob"));
        refused.Failure.ShouldBe(ConnectFailure.WrongIdentity);
        await using var session = await me.ConnectAsync("echo");
        session.Path.ShouldNotBeNull();
    }

    [Fact]
    public async Task Nobody_there_is_said_at_once()
    {
        await using var server = await OwnServer.StartAsync();
        using var key = PeerIdentity.Create();
        await using var me = await server.RegisterAsync("alice", key);
        var failed = await Should.ThrowAsync<ConnectException>(() => me.ConnectAsync("nobody"));
        failed.Failure.ShouldBe(ConnectFailure.PeerOffline);
        (await Should.ThrowAsync<ConnectException>(() => me.ConnectAsync("no such name!"))).Message.ShouldBe(PeerName.Rule);
    }

    [Fact]
    public async Task No_server_is_said_at_once()
    {
        using var key = PeerIdentity.Create();
        var failed = await Should.ThrowAsync<ConnectException>(
            () => PosternClient.RegisterAsync(new() { Server = new("ws://127.0.0.1:9/switchboard"), Name = "alice", Identity = key }));
        failed.Failure.ShouldBe(ConnectFailure.ServerUnreachable);
    }

    [Fact]
    public async Task A_rejected_call_fails_with_the_reason()
    {
        await using var server = await OwnServer.StartAsync();
        using var alicesKey = PeerIdentity.Create();
        using var bobsKey = PeerIdentity.Create();
        await using var alice = await server.RegisterAsync("alice", alicesKey);
        await using var bob = await server.RegisterAsync("bob", bobsKey);
        var calling = alice.ConnectAsync("bob");
        await foreach (var call in bob.IncomingAsync())
        {
            await call.RejectAsync("at dinner");
            break;
        }

        var refused = await Should.ThrowAsync<ConnectException>(() => calling);
        refused.Failure.ShouldBe(ConnectFailure.RefusedByPeer);
        refused.Message.ShouldBe("at dinner");
    }

    [Fact]
    public async Task The_users_own_cancellation_is_told_apart_from_a_timeout()
    {
        await using var server = await OwnServer.StartAsync();
        using var alicesKey = PeerIdentity.Create();
        using var bobsKey = PeerIdentity.Create();
        await using var alice = await server.RegisterAsync("alice", alicesKey);
        await using var bob = await server.RegisterAsync("bob", bobsKey); // never answers
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await Should.ThrowAsync<OperationCanceledException>(() => alice.ConnectAsync("bob", stop.Token));
    }

    [Fact]
    public async Task Names_keys_and_sessions_outlive_a_restart_of_the_server()
    {
        await using var server = await OwnServer.StartAsync();
        using var key = PeerIdentity.Create();
        using var bobsKey = PeerIdentity.Create();
        using var other = PeerIdentity.Create();
        await using var bob = await server.RegisterAsync("bob", bobsKey);
        var answering = FirstMessageAsync(bob);
        await using var me = await server.RegisterAsync("alice", key);
        await using var session = await me.ConnectAsync("bob");

        await server.DownAsync();
        await server.UpAsync();
        await session.OpenChannel("after").SendAsync("still here");
        (await answering.WaitAsync(Patience)).ShouldBe("still here");
        (await Should.ThrowAsync<ConnectException>(() => server.RegisterAsync("alice", other))).Failure.ShouldBe(ConnectFailure.RefusedByServer);
        await foreach (var registered in me.RegistrationsAsync().WithCancellation(new CancellationTokenSource(Patience).Token))
        {
            if (!registered)
            {
                break;
            }
        }

        await using var again = await me.ConnectAsync("echo").WaitAsync(Patience);
        again.Path.ShouldNotBeNull();
    }

    /// <summary>Waits until the number has not changed for a second.</summary>
    private static async Task StandstillAsync(Func<int> number)
    {
        for (var (before, now) = (-1, 0); before != now; now = number())
        {
            before = now;
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private static async Task<string> FirstMessageAsync(PosternClient client)
    {
        await foreach (var call in client.IncomingAsync())
        {
            var session = await call.AcceptAsync();
            await foreach (var channel in session.IncomingChannelsAsync())
            {
                return (await channel.ReceiveAsync()).Text;
            }
        }

        return "";
    }
}
