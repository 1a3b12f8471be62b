using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Postern.Protocol.Probing;
using Postern.Cli.Terminal;
using Postern.Cli.Profiles;

namespace Postern.Cli.Commands;

/// <summary><c>postern ping NAME</c>: one line per probe, with the path that it took.</summary>
internal sealed class PingCommand(ProfileStore store, Output output)
{
    public const string Label = "ping";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<int> RunAsync(string name, int count, TimeSpan interval, ProbeMode? probe, CancellationToken cancellationToken)
    {
        name = Naming.Canonical(name);
        await using var me = await ClientOpening.OpenAsync(store, output, cancellationToken, probe: probe).ConfigureAwait(false);
        await using var session = await ClientOpening.ReportingAsync(store, me.ConnectAsync(name, cancellationToken)).ConfigureAwait(false);
        var channel = session.OpenChannel(Label, new() { Ordered = false, MaxRetransmits = 0 });
        int sent = 0, answered = 0;
        var total = TimeSpan.Zero;
        try
        {
            for (var number = 1; count == 0 || number <= count; number++)
            {
                sent++;
                if (await ProbeAsync(channel, number, cancellationToken).ConfigureAwait(false) is { } roundTrip)
                {
                    answered++;
                    total += roundTrip;
                    Show(session, number, roundTrip);
                }
                else
                {
                    Show(session, number, null);
                }

                if (number != count)
                {
                    await Task.Delay(interval, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            store.SaveReport(session.Report);
            output.Line($"{sent} sent, {answered} answered{(answered == 0 ? "" : $", {total.TotalMilliseconds / answered:0.0} ms on average")}, {session.Path.InWords()}");
        }

        return answered > 0 ? ExitCode.Success : ExitCode.PeerUnreachable;
    }

    /// <summary>Sends each message of a ping channel back.</summary>
    public static async Task AnswerAsync(MessageChannel channel, CancellationToken cancellationToken)
    {
        await foreach (var message in channel.ReceiveAllAsync(cancellationToken).ConfigureAwait(false))
        {
            await channel.SendAsync(message.Bytes, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<TimeSpan?> ProbeAsync(MessageChannel channel, int number, CancellationToken cancellationToken)
    {
        var probe = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(probe, number);
        var started = Stopwatch.GetTimestamp();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await channel.SendAsync(probe, patience.Token).ConfigureAwait(false);
            while (true)
            {
                var answer = await channel.ReceiveAsync(patience.Token).ConfigureAwait(false);
                if (answer.Bytes.Span.SequenceEqual(probe))
                {
                    return Stopwatch.GetElapsedTime(started);
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (System.Threading.Channels.ChannelClosedException)
        {
            throw new ConnectException(ConnectFailure.PeerOffline, "The other side ended the session.");
        }
    }

    private void Show(PosternSession session, int number, TimeSpan? roundTrip)
    {
        output.Line(roundTrip is { } time
            ? $"{number}: {Printable.Of(session.Peer)} answered in {time.TotalMilliseconds:0.0} ms, {session.Path.InWords()}"
            : $"{number}: no answer within {Patience.TotalSeconds:0} s, {session.Path.InWords()}");
        output.Object(new JsonObject
        {
            ["event"] = "ping",
            ["number"] = number,
            ["peer"] = session.Peer,
            ["milliseconds"] = roundTrip?.TotalMilliseconds,
            ["path"] = session.Path?.ToString(),
        });
    }
}
