using System.Globalization;
using Postern.Drivers.Probing;
using Postern.Net.Tests.Networks;
using Postern.Protocol.Net;
using Postern.Protocol.Probing;
using Postern.Tests.Switchboard;

namespace Postern.Tests.Probing;

/// <summary>One purse, whoever of a user's processes pays from it.</summary>
public sealed class SharedProbeBudgetTests : IDisposable
{
    private const string FolderVariable = "POSTERN_TEST_PURSE";

    private static readonly Endpoint Peer = Endpoint.Parse("203.0.113.77:40000");
    private static readonly Instant Now = new((new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero) - DateTimeOffset.UnixEpoch).Ticks);

    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Path, SharedProbeBudget.FileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_one_process_spends_the_other_has_not()
    {
        SharedProbeBudget[] two = [new(_folder.Path), new(_folder.Path)];
        for (var i = 0; i < 9; i++)
        {
            two[i % 2].TrySpend(Port(i), ProbeLimits.Polite, At(20 * i), out _).ShouldBeTrue();
        }

        two[0].TrySpend(Port(0), ProbeLimits.Polite, At(200), out _).ShouldBeTrue("it was paid for before");
        two[1].TrySpend(Port(9), ProbeLimits.Polite, At(200), out var retryAt).ShouldBeFalse();
        retryAt.ShouldBe(At(200 + 3100), "to a detector with a window it was new again");
        two[0].TrySpend(Port(9), ProbeLimits.Polite, retryAt, out _).ShouldBeTrue();
        (two[0].TakeMappings(Peer.Address, 150, ProbeLimits.Polite, At(4000)), two[1].TakeMappings(Peer.Address, 35, ProbeLimits.Polite, At(4000))).ShouldBe((150, 35));
        two[0].Suspend(At(60_000));
        two[1].TrySpend(Port(10), ProbeLimits.Polite, At(50_000), out retryAt).ShouldBeFalse();
        retryAt.ShouldBe(At(60_000));
    }

    /// <summary>Whatever is spent in whatever order by whomever: it is as if there were one purse in memory.</summary>
    [Theory]
    [InlineData(ProbeMode.Quiet)]
    [InlineData(ProbeMode.Polite)]
    [InlineData(ProbeMode.Bold)]
    [InlineData(ProbeMode.Fast)]
    public void Several_with_one_file_decide_as_one_purse_does(ProbeMode mode)
    {
        var random = new Random((int)mode + 1);
        var (one, limits, now) = (new ProbeBudget(), ProbeLimits.Of(mode), Now);
        for (var step = 0; step < 400; step++)
        {
            var shared = new SharedProbeBudget(_folder.Path); // a process that has just started
            now += TimeSpan.FromMilliseconds(random.Next(random.Next(4) == 0 ? 4000 : 40));
            if (random.Next(10) == 0)
            {
                var wanted = random.Next(1, 50);
                shared.TryTakeMappings(Peer.Address, wanted, limits, now).ShouldBe(one.TryTakeMappings(Peer.Address, wanted, limits, now), $"step {step}");
                shared.TakeMappings(Peer.Address, wanted, limits, now).ShouldBe(one.TakeMappings(Peer.Address, wanted, limits, now), $"step {step}");
                continue;
            }

            if (random.Next(10) == 0)
            {
                var server = Peer with { Port = 443 };
                shared.NoteServer(server, now).ShouldBe(one.NoteServer(server, now), $"step {step}");
            }

            var port = Port(random.Next(60)) with { Address = IpAddress.FromV4(0xCB007100u + (uint)random.Next(3)) };
            var expected = one.TrySpend(port, limits, now, out var expectedRetry);
            (shared.TrySpend(port, limits, now, out var retry), retry).ShouldBe((expected, expectedRetry), $"step {step}");
        }
    }

    [Fact]
    public void A_file_that_is_cut_foreign_or_from_the_future_counts_as_a_purse_that_was_just_emptied()
    {
        new SharedProbeBudget(_folder.Path).TrySpend(Peer, ProbeLimits.Polite, Now, out _).ShouldBeTrue();
        var good = System.IO.File.ReadAllBytes(File);
        byte[][] bad =
        [
            .. Enumerable.Range(0, good.Length).Select(length => good[..length]),
            .. Enumerable.Range(0, good.Length).Select(at => (byte[])[.. good[..at], (byte)(good[at] ^ 1), .. good[(at + 1)..]]),
            [.. good, 0],
            [.. "{}"u8],
            new byte[1 << 20],
        ];
        foreach (var bytes in bad)
        {
            System.IO.File.WriteAllBytes(File, bytes);
            ShouldBeEmptied(Now);
        }

        System.IO.File.WriteAllBytes(File, good);
        ShouldBeEmptied(Now - TimeSpan.FromHours(1)); // somebody has set the clock back
    }

    [Fact]
    public void The_file_is_its_owner_s_alone_names_no_address_and_stays_small()
    {
        var unbound = new ProbeLimits { Mode = ProbeMode.Fast, Burst = int.MaxValue, PerTarget = int.MaxValue, FlowsPerTarget = int.MaxValue, Spacing = TimeSpan.Zero, Silence = TimeSpan.Zero };
        var full = new ProbeBudget();
        for (var i = 0; i < 5000; i++)
        {
            full.TrySpend(Port(i), unbound, At(i), out _).ShouldBeTrue();
        }

        ProbeStateFormat.Write(full).Length.ShouldBeInRange(4096 * 18, ProbeStateFormat.MostBytes);
        System.IO.File.WriteAllBytes(File, ProbeStateFormat.Write(full));
        new SharedProbeBudget(_folder.Path).TrySpend(Port(6000), unbound, At(6000), out _).ShouldBeTrue();
        var bytes = System.IO.File.ReadAllBytes(File);
        bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[203, 0, 113, 77]).ShouldBe(-1);
        bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[77, 113, 0, 203]).ShouldBe(-1);
        foreach (var file in Directory.GetFiles(_folder.Path))
        {
            System.IO.File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }

        Directory.GetFiles(_folder.Path).Select(Path.GetFileName).ShouldBe([SharedProbeBudget.FileName, $"{SharedProbeBudget.FileName}.lock"], ignoreOrder: true);
    }

    [Fact]
    public void Who_cannot_have_the_purse_in_time_is_refused_for_a_tenth_of_a_second()
    {
        var budget = new SharedProbeBudget(_folder.Path);
        Instant retryAt;
        using (new FileGate($"{File}.lock").TryEnter(TimeSpan.Zero).ShouldNotBeNull())
        {
            budget.TrySpend(Peer, ProbeLimits.Polite, Now, out retryAt).ShouldBeFalse();
            retryAt.ShouldBe(Now + TimeSpan.FromMilliseconds(100));
            budget.TakeMappings(Peer.Address, 10, ProbeLimits.Polite, Now).ShouldBe(0);
            budget.TryTakeMappings(Peer.Address, 10, ProbeLimits.Polite, Now).ShouldBeFalse();
        }

        budget.TrySpend(Peer, ProbeLimits.Polite, Now + TimeSpan.FromMilliseconds(40), out var again).ShouldBeFalse("nobody waits at every port to see whether it is free");
        again.ShouldBe(retryAt);
        budget.TrySpend(Peer, ProbeLimits.Polite, retryAt, out _).ShouldBeTrue();
        budget.TakeMappings(Peer.Address, 10, ProbeLimits.Polite, Now).ShouldBe(10);
    }

    [Fact]
    public void Without_a_folder_that_can_be_written_the_purse_is_in_memory()
    {
        System.IO.File.WriteAllText(File, "a file where the folder should be");
        SharedProbeBudget[] budgets = [new(null), new(Path.Combine(File, "below"))];
        foreach (var budget in budgets)
        {
            for (var i = 0; i < 9; i++)
            {
                budget.TrySpend(Port(i), ProbeLimits.Polite, At(20 * i), out _).ShouldBeTrue();
            }

            budget.TrySpend(Port(9), ProbeLimits.Polite, At(200), out _).ShouldBeFalse();
        }
    }

    [Fact]
    public void Each_call_counts_time_from_its_own_beginning()
    {
        var shared = new SharedProbeBudget(_folder.Path);
        var epoch = DateTimeOffset.UnixEpoch + (Now - Instant.Zero);
        var clock = new WallClock { Now = epoch };
        var (early, late) = (new CallBudget(shared, epoch, clock), new CallBudget(shared, epoch + TimeSpan.FromSeconds(10), clock));
        early.Suspend(Instant.FromMilliseconds(15_000));
        late.TrySpend(Peer, ProbeLimits.Polite, Instant.FromMilliseconds(1000), out var retryAt).ShouldBeFalse();
        retryAt.ShouldBe(Instant.FromMilliseconds(5000));
        late.TrySpend(Peer, ProbeLimits.Polite, retryAt, out _).ShouldBeTrue();
        early.TrySpend(Peer with { Port = 40001 }, ProbeLimits.Polite, Instant.FromMilliseconds(15_005), out retryAt).ShouldBeFalse();
        retryAt.ShouldBe(Instant.FromMilliseconds(15_020));
    }

    /// <summary>A computer that slept, or whose clock was set: all who share the purse go by the same clock, and nobody seems to come from the future.</summary>
    [Fact]
    public void A_clock_that_is_set_empties_no_purse()
    {
        var shared = new SharedProbeBudget(_folder.Path);
        var clock = new WallClock { Now = DateTimeOffset.UnixEpoch + (Now - Instant.Zero) };
        var running = new CallBudget(shared, clock.Now, clock);
        running.TrySpend(Peer, ProbeLimits.Polite, Instant.FromMilliseconds(1), out _).ShouldBeTrue();
        clock.Now += TimeSpan.FromMinutes(20);
        shared.NoteServer(Peer with { Port = 443 }, At(20 * 60_000)).ShouldBeTrue(); // by who has just logged in again
        running.TrySpend(Peer with { Port = 40001 }, ProbeLimits.Polite, Instant.FromMilliseconds(500), out var retryAt).ShouldBeTrue($"{retryAt}");
    }

    private sealed class WallClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => 0; // the call's own clock stands where the test says
    }

    [Fact]
    public void What_stays_on_this_computer_costs_nothing()
    {
        var budget = new SharedProbeBudget(_folder.Path);
        for (ushort port = 2000; port < 2100; port++)
        {
            budget.TrySpend(new(IpAddress.Loopback, port), ProbeLimits.Quiet, Now, out _).ShouldBeTrue();
        }

        System.IO.File.Exists(File).ShouldBeFalse();
    }

    /// <summary>Spends what it can within a second; as a process of its own where <see cref="Processes_of_one_user_share_one_purse"/> starts it.</summary>
    [Fact]
    public void A_process_spends_until_it_is_refused()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        var budget = new SharedProbeBudget(folder ?? _folder.Path);
        var (spent, first) = (0, folder is null ? 0 : Environment.ProcessId % 1000 * 40);
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(1);
        while (TimeProvider.System.GetUtcNow() is var now && now < deadline)
        {
            spent += budget.TrySpend(Port(first + spent), ProbeLimits.Polite, new((now - DateTimeOffset.UnixEpoch).Ticks), out _) ? 1 : 0;
            Thread.Sleep(1);
        }

        if (folder is null)
        {
            spent.ShouldBe(9);
        }
        else
        {
            System.IO.File.WriteAllText(Path.Combine(folder, $"spent-{Environment.ProcessId}"), spent.ToString(CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public void Processes_of_one_user_share_one_purse()
    {
        string[] arguments = ["-method", $"{typeof(SharedProbeBudgetTests).FullName}.{nameof(A_process_spends_until_it_is_refused)}"];
        var environment = new Dictionary<string, string> { [FolderVariable] = _folder.Path };
        Background[] processes = [.. Enumerable.Range(0, 3).Select(_ => new Background(Environment.ProcessPath!, arguments, environment))];
        foreach (var process in processes)
        {
            var outcome = process.WaitForExit(120);
            process.Dispose();
            outcome.Succeeded.ShouldBeTrue(outcome.Output + outcome.Errors);
        }

        int[] spent = [.. Directory.GetFiles(_folder.Path, "spent-*").Select(file => int.Parse(System.IO.File.ReadAllText(file), CultureInfo.InvariantCulture))];
        spent.Length.ShouldBe(3);
        spent.Sum().ShouldBeInRange(9, 14); // processes that start late may find the silence over, and the address has its own bound
        var budget = new ProbeBudget();
        ProbeStateFormat.TryRead(System.IO.File.ReadAllBytes(File), budget).ShouldBeTrue();
        budget.Spends.Count.ShouldBe(spent.Sum());
        budget.Spends.Zip(budget.Spends.Skip(1)).ShouldAllBe(pair => pair.Second.At - pair.First.At >= ProbeLimits.Polite.Spacing);
    }

    private void ShouldBeEmptied(Instant now)
    {
        var other = Endpoint.Parse("198.51.100.9:50000");
        var budget = new SharedProbeBudget(_folder.Path);
        budget.TrySpend(other, ProbeLimits.Polite, now, out var retryAt).ShouldBeFalse();
        retryAt.ShouldBe(now + ProbeLimits.Polite.Window);
        budget.TrySpend(other, ProbeLimits.Polite, retryAt, out _).ShouldBeTrue("it was not repaired");
    }

    private static Instant At(double milliseconds) => Now + TimeSpan.FromMilliseconds(milliseconds);

    private static Endpoint Port(int number) => Peer with { Port = (ushort)(10_000 + number) };
}
