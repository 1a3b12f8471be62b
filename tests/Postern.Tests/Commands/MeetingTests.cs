using System.Threading.Channels;
using Postern.Cli.Commands;
using Postern.Cli.Terminal;

namespace Postern.Tests.Commands;

/// <summary>
/// Two who type each other's name, seen from one of them. The time is the test's own, and what waits goes on in the thread that ends
/// the wait: when a step has returned, all that follows from it has happened.
/// </summary>
public class MeetingTests
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(2);

    [Fact]
    public Task While_their_call_is_being_taken_ours_is_not_made() => Task.Run(async () =>
    {
        var (line, clock) = (new Line(), new Clock());
        var meeting = Meet(line, clock);
        line.Ours.ShouldHaveSingleItem().SetException(new ConnectException(ConnectFailure.PeerOffline, "Not there."));
        var theirs = line.Ring("Bob");
        theirs.IsTaken.ShouldBeTrue();

        clock.Advance(Again);
        line.Ours.Count.ShouldBe(1);
        var session = new Session();
        theirs.Taking.SetResult(session);
        (await meeting).ShouldBe(session);
        line.Ours.Count.ShouldBe(1);
        session.IsDisposed.ShouldBeFalse();
    });

    [Fact]
    public Task Ours_is_made_when_nothing_came_of_theirs() => Task.Run(async () =>
    {
        var (line, clock) = (new Line(), new Clock());
        var meeting = Meet(line, clock);
        line.Ours[0].SetException(new ConnectException(ConnectFailure.PeerOffline, "Not there."));
        var theirs = line.Ring("bob");
        clock.Advance(Again);
        theirs.Taking.SetException(new ConnectException(ConnectFailure.Timeout, "Gone."));

        line.Ours.Count.ShouldBe(2);
        var session = new Session();
        line.Ours[1].SetResult(session);
        (await meeting).ShouldBe(session);
    });

    [Fact]
    public Task Somebody_else_is_told_that_we_are_busy_and_ours_is_made_again() => Task.Run(async () =>
    {
        var (line, clock) = (new Line(), new Clock());
        var meeting = Meet(line, clock);
        line.Ours[0].SetException(new ConnectException(ConnectFailure.PeerOffline, "Not there."));
        var other = line.Ring("carol");
        (other.IsTaken, other.Told).ShouldBe((false, "busy"));

        clock.Advance(Again - TimeSpan.FromTicks(1));
        line.Ours.Count.ShouldBe(1);
        clock.Advance(TimeSpan.FromTicks(1));
        line.Ours.Count.ShouldBe(2);
        line.Ours[1].SetResult(new Session());
        await meeting;
    });

    [Fact]
    public Task Of_two_sessions_the_later_is_closed() => Task.Run(async () =>
    {
        var (line, clock) = (new Line(), new Clock());
        var meeting = Meet(line, clock);
        var (theirs, first, late) = (line.Ring("bob"), new Session(), new Session());
        theirs.Taking.SetResult(first);
        line.Ours[0].SetResult(late);
        (await meeting).ShouldBe(first);
        (first.IsDisposed, late.IsDisposed).ShouldBe((false, true));
    });

    private static Task<Session> Meet(Line line, Clock clock) =>
        new Meeting<Session>(line, new Output(TextWriter.Null, TextWriter.Null, json: false), clock).WithAsync("bob", wait: true, CancellationToken.None);

    private sealed class Session : IAsyncDisposable
    {
        public bool IsDisposed { get; private set; }

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return default;
        }
    }

    private sealed class Line : IMeetingLine<Session>
    {
        private readonly Channel<Call> _callers = Channel.CreateUnbounded<Call>(new() { AllowSynchronousContinuations = true, SingleReader = true });

        public List<TaskCompletionSource<Session>> Ours { get; } = [];

        public Task<Session> CallAsync(string name, CancellationToken cancellationToken)
        {
            Ours.Add(new());
            return Ours[^1].Task;
        }

        public IAsyncEnumerable<IMeetingCall<Session>> CallersAsync(CancellationToken cancellationToken) => _callers.Reader.ReadAllAsync(cancellationToken);

        public Call Ring(string from)
        {
            var call = new Call(from);
            _callers.Writer.TryWrite(call).ShouldBeTrue();
            return call;
        }
    }

    private sealed class Call(string from) : IMeetingCall<Session>
    {
        public string From => from;

        public bool IsTaken { get; private set; }

        public string? Told { get; private set; }

        public TaskCompletionSource<Session> Taking { get; } = new();

        public Task<Session> AcceptAsync(CancellationToken cancellationToken)
        {
            IsTaken = true;
            return Taking.Task;
        }

        public Task RejectAsync(string reason, CancellationToken cancellationToken)
        {
            Told = reason;
            return Task.CompletedTask;
        }
    }

    /// <summary>Time passes when it is told to.</summary>
    private sealed class Clock : TimeProvider
    {
        private readonly List<(TimeSpan Due, Action Ring)> _alarms = [];
        private TimeSpan _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _alarms.Add((_now + dueTime, () => callback(state)));
            return new Alarm();
        }

        public void Advance(TimeSpan span)
        {
            _now += span;
            var due = _alarms.Where(alarm => alarm.Due <= _now).ToArray();
            _alarms.RemoveAll(alarm => alarm.Due <= _now);
            foreach (var (_, ring) in due)
            {
                ring();
            }
        }

        private sealed class Alarm : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
