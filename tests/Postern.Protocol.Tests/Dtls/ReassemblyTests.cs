using Postern.Sessions.Dtls;
using Postern.Sessions.Dtls.Handshake;
using Postern.Sessions.Dtls.Messages;
using Postern.Tests.Kit;

namespace Postern.Tests.Dtls;

public class ReassemblyTests
{
    private static readonly byte[] Body = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(200)]
    public void Fragments_of_any_size_in_any_order_make_the_message(int size)
    {
        var random = new SeededRandom(5);
        var offsets = Enumerable.Range(0, (Body.Length + size - 1) / size).Select(i => i * size).OrderBy(_ => random.Next()).ToArray();
        var inbox = new Reassembly();
        foreach (var offset in offsets)
        {
            inbox.TryPeek(out _).ShouldBeFalse();
            Accept(inbox, 0, offset, Math.Min(size, Body.Length - offset)).ShouldBe(FragmentFate.Kept);
        }

        ShouldHoldBody(inbox);
    }

    [Fact]
    public void Fragments_may_overlap_and_repeat()
    {
        var inbox = new Reassembly();
        foreach (var (offset, count) in new[] { (50, 100), (0, 60), (0, 60), (149, 51), (10, 20) })
        {
            Accept(inbox, 0, offset, count).ShouldBe(FragmentFate.Kept);
        }

        ShouldHoldBody(inbox);
    }

    [Fact]
    public void A_hole_is_not_filled_by_what_came_twice()
    {
        var inbox = new Reassembly();
        Accept(inbox, 0, 0, 100);
        Accept(inbox, 0, 0, 100);
        Accept(inbox, 0, 101, 99);
        inbox.TryPeek(out _).ShouldBeFalse();
        Accept(inbox, 0, 100, 1);
        ShouldHoldBody(inbox);
    }

    [Theory]
    [InlineData(HandshakeType.Certificate, 199)]
    [InlineData(HandshakeType.Certificate, 16_384)]
    [InlineData(HandshakeType.ServerHello, 200)]
    public void A_fragment_that_tells_another_length_or_type_does_not_mix_with_the_true_ones(object type, int length)
    {
        var inbox = new Reassembly();
        Parse(Middleman.Record((HandshakeType)type, length, 0, 0, new byte[150]), out var other);
        inbox.Accept(0, other).ShouldBe(FragmentFate.Kept);
        Accept(inbox, 0, 0, 100);
        inbox.Accept(0, other).ShouldBe(FragmentFate.Kept);
        Accept(inbox, 0, 0, 100);
        inbox.TryPeek(out _).ShouldBeFalse();
        Accept(inbox, 0, 100, 100);
        ShouldHoldBody(inbox);
    }

    [Fact]
    public void A_message_of_more_than_16_KiB_is_dropped_whatever_it_claims()
    {
        var inbox = new Reassembly();
        foreach (var length in new[] { Reassembly.MaximumLength + 1, 0xFFFF, 0xFFFFFF })
        {
            Parse(Middleman.Record(HandshakeType.Certificate, length, 0, 0, new byte[10]), out var fragment);
            inbox.Accept(0, fragment).ShouldBe(FragmentFate.Dropped);
        }

        Parse(Middleman.Record(HandshakeType.Certificate, Reassembly.MaximumLength, 0, 0, new byte[10]), out var largest);
        inbox.Accept(0, largest).ShouldBe(FragmentFate.Kept);
    }

    [Fact]
    public void A_fragment_that_reaches_past_its_message_is_none()
    {
        Parse(Middleman.Record(HandshakeType.Certificate, 10, 0, 1, new byte[10]), out _).ShouldBeFalse();
        Parse(Middleman.Record(HandshakeType.Certificate, 10, 0, 0xFFFFFF, new byte[1]), out _).ShouldBeFalse();
        Parse(Middleman.Record(HandshakeType.Certificate, 10, 0, 10, []), out _).ShouldBeTrue(); // empty, at the end
    }

    [Fact]
    public void Empty_fragments_fill_nothing()
    {
        var inbox = new Reassembly();
        Parse(Middleman.Record(HandshakeType.Certificate, 10, 0, 0, []), out var empty);
        inbox.Accept(0, empty).ShouldBe(FragmentFate.Dropped);
        Parse(Middleman.Record(HandshakeType.ServerHelloDone, 0, 0, 0, []), out var done);
        inbox.Accept(0, done).ShouldBe(FragmentFate.Kept);
        inbox.TryPeek(out var message).ShouldBeTrue();
        message.Body.Length.ShouldBe(0);
    }

    [Fact]
    public void Endless_message_numbers_are_kept_within_eight_messages()
    {
        var inbox = new Reassembly();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var kept = 0;
        for (var round = 0; round < 3; round++)
        {
            for (var sequence = 0; sequence <= ushort.MaxValue; sequence++)
            {
                var parsed = HandshakeFragment.TryParse(Giant((ushort)sequence), out var fragment);
                kept += parsed && inbox.Accept(0, fragment) == FragmentFate.Kept ? 1 : 0;
            }
        }

        kept.ShouldBe(3 * Reassembly.Window);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(Reassembly.Window * 20_000);
    }

    [Fact]
    public void Messages_come_out_in_order_and_the_old_are_told_from_the_repeated()
    {
        var inbox = new Reassembly();
        Accept(inbox, 1, 0, 200).ShouldBe(FragmentFate.Kept);
        inbox.TryPeek(out _).ShouldBeFalse();
        Accept(inbox, 0, 0, 200).ShouldBe(FragmentFate.Kept);
        inbox.Advance();
        inbox.TryPeek(out _).ShouldBeTrue();
        inbox.Advance();
        Accept(inbox, 0, 0, 200).ShouldBe(FragmentFate.Old);
        Accept(inbox, 1, 0, 100).ShouldBe(FragmentFate.Old);
        Accept(inbox, 1, 100, 100).ShouldBe(FragmentFate.Repeated);
    }

    [Fact]
    public void What_was_authenticated_is_not_displaced_by_what_was_not()
    {
        var inbox = new Reassembly();
        Parse(Middleman.Record(HandshakeType.Finished, 12, 0, 0, new byte[12]), out var finished);
        Parse(Middleman.Record(HandshakeType.Certificate, 12, 0, 0, new byte[12]), out var forged);
        inbox.Accept(1, finished).ShouldBe(FragmentFate.Kept);
        inbox.Accept(0, forged).ShouldBe(FragmentFate.Dropped);
        inbox.TryPeek(out var message).ShouldBeTrue();
        message.Type.ShouldBe(HandshakeType.Finished);
    }

    [Fact]
    public void A_handshake_in_fragments_of_one_byte_in_reverse_completes()
    {
        using var dialogue = new Dialogue { Tamper = Middleman.Splits(1, fragments => Enumerable.Reverse(fragments)) }.Run();
        dialogue.BothConnected.ShouldBeTrue();
        dialogue.Client.Connection.Stats.FlightsRepeated.ShouldBe(0);
    }

    [Fact]
    public void A_handshake_among_absurd_fragments_completes()
    {
        static IEnumerable<byte[]> Among(List<byte[]> fragments)
        {
            foreach (var fragment in fragments)
            {
                yield return Middleman.Record(HandshakeType.Certificate, 0xFFFFFF, 3, 70, new byte[3]);
                yield return Middleman.Record(HandshakeType.ServerHello, 9000, 60_000, 0, new byte[30]);
                yield return Middleman.Record(HandshakeType.ServerHello, 9, 5, 0, []);
                yield return fragment;
            }
        }

        using var dialogue = new Dialogue { Tamper = Middleman.Splits(20, Among) }.Run();
        dialogue.BothConnected.ShouldBeTrue();
    }

    private static bool Parse(byte[] record, out HandshakeFragment fragment) => HandshakeFragment.TryParse(record.AsSpan(13), out fragment);

    private static byte[] Giant(ushort sequence)
    {
        GiantFragment[4] = (byte)(sequence >> 8);
        GiantFragment[5] = (byte)sequence;
        return GiantFragment;
    }

    private static readonly byte[] GiantFragment = [11, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xAA];

    private static FragmentFate Accept(Reassembly inbox, ushort sequence, int offset, int count)
    {
        Parse(Middleman.Record(HandshakeType.Certificate, Body.Length, sequence, offset, Body.AsSpan(offset, count)), out var fragment).ShouldBeTrue();
        return inbox.Accept(0, fragment);
    }

    private static void ShouldHoldBody(Reassembly inbox)
    {
        inbox.TryPeek(out var message).ShouldBeTrue();
        message.Type.ShouldBe(HandshakeType.Certificate);
        message.Body.ToArray().ShouldBe(Body);
    }
}
