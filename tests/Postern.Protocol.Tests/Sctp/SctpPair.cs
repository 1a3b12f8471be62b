using Postern.Protocol.Net;
using Postern.Sessions.Sctp;
using Postern.Tests.Kit;

namespace Postern.Tests.Sctp;

/// <summary>Two associations over two virtual links, in virtual time.</summary>
public sealed class SctpPair
{
    private readonly byte[] _buffer = new byte[4096];

    public SctpPair(ulong seed = 1, SctpOptions? options = null, SctpOptions? optionsB = null)
    {
        var random = new SeededRandom(seed);
        A = new(options ?? new(), random);
        B = new(optionsB ?? options ?? new(), random);
        AToB = new(random);
        BToA = new(random);
    }

    public SctpAssociation A { get; }

    public SctpAssociation B { get; }

    public VirtualLink AToB { get; }

    public VirtualLink BToA { get; }

    public Instant Now { get; set; } = Instant.FromMilliseconds(1000);

    public List<SctpEvent> EventsOfA { get; } = [];

    public List<SctpEvent> EventsOfB { get; } = [];

    /// <summary>Called after each touch, before the next: to send more, to look.</summary>
    public Action? OnStep { get; set; }

    public bool TakesEvents { get; set; } = true;

    public IEnumerable<byte[]> MessagesAtB => EventsOfB.OfType<SctpEvent.MessageReceived>().Select(message => message.Payload.ToArray());

    public void ForBoth(Action<VirtualLink> set)
    {
        set(AToB);
        set(BToA);
    }

    /// <summary>Starts both from their INIT chunks, without a packet.</summary>
    public SctpPair Started()
    {
        A.StartFromSignalling(B.LocalInit, Now).ShouldBeTrue();
        B.StartFromSignalling(A.LocalInit, Now).ShouldBeTrue();
        Drain();
        return this;
    }

    public void RunFor(double milliseconds)
    {
        var end = Now + TimeSpan.FromMilliseconds(milliseconds);
        RunUntil(() => Now >= end, end);
        Now = Instant.Max(Now, end);
    }

    /// <summary>Runs until the condition holds; fails after a limit of virtual time.</summary>
    public void RunUntil(Func<bool> condition, double limitSeconds = 60)
    {
        RunUntil(condition, Now + TimeSpan.FromSeconds(limitSeconds));
        condition().ShouldBeTrue($"not within {limitSeconds} s of virtual time; A {A.Stats} B {B.Stats}");
    }

    /// <summary>Takes packets and events until both are empty.</summary>
    public void Drain()
    {
        while (Transmit(A, AToB) | Transmit(B, BToA) | TakeEvents())
        {
        }
    }

    private void RunUntil(Func<bool> condition, Instant end)
    {
        Drain();
        OnStep?.Invoke();
        Drain();
        while (!condition())
        {
            var next = Instant.Min(Instant.Min(AToB.NextArrival, BToA.NextArrival), Instant.Min(A.NextDeadline, B.NextDeadline));
            if (next > end)
            {
                return;
            }

            Now = Instant.Max(Now, next);
            Step();
        }
    }

    private void Step()
    {
        if (AToB.TryReceive(Now, out var toB))
        {
            B.HandlePacket(toB, Now);
        }
        else if (BToA.TryReceive(Now, out var toA))
        {
            A.HandlePacket(toA, Now);
        }
        else
        {
            A.HandleDeadline(Now);
            B.HandleDeadline(Now);
        }

        Drain();
        if (OnStep is not null)
        {
            OnStep();
            Drain();
        }
    }

    private bool Transmit(SctpAssociation from, VirtualLink link)
    {
        var any = false;
        while (from.TryTransmit(_buffer, Now, out var length))
        {
            link.Send(_buffer.AsSpan(0, length), Now);
            any = true;
        }

        return any;
    }

    private bool TakeEvents()
    {
        if (!TakesEvents)
        {
            return false;
        }

        var before = EventsOfA.Count + EventsOfB.Count;
        while (A.TryTakeEvent(out var happened))
        {
            EventsOfA.Add(happened);
        }

        while (B.TryTakeEvent(out var happened))
        {
            EventsOfB.Add(happened);
        }

        return EventsOfA.Count + EventsOfB.Count > before;
    }
}
