using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Tests.Kit;

namespace Postern.Tests.Stun;

public class StunAllocationTests
{
    private static readonly byte[] Key = StunKey.ShortTerm("VOkJxbRl1RmTxUk/WvJxBt");
    private static readonly TransactionId Id = TransactionId.Draw(new SeededRandom(1));
    private readonly byte[] _buffer = new byte[512];

    [Fact]
    public void Parsing_verifying_and_reading_a_message_allocates_nothing()
    {
        var bytes = Vectors.Hex("rfc5769-2.1-request");
        Allocated(() => Read(bytes)).ShouldBe(0);
        var sha256 = Vectors.Hex("rfc8489-b.1-sha256-request");
        Allocated(() => Read(sha256)).ShouldBe(0);
    }

    [Fact]
    public void Writing_and_sealing_a_message_allocates_nothing() => Allocated(Write).ShouldBe(0);

    private static void Read(byte[] bytes)
    {
        StunMessage.TryParse(bytes, out var message);
        message.VerifyIntegrity(Key);
        message.VerifyIntegritySha256(Key);
        message.TryGetText(StunAttributeType.Username, out _);
        message.TryGetUInt32(StunAttributeType.Priority, out _);
        message.TryGetUInt64(StunAttributeType.IceControlled, out _);
        message.TryGetXorAddress(StunAttributeType.XorMappedAddress, out _);
        Span<StunAttributeType> unknown = stackalloc StunAttributeType[8];
        message.FindUnknown([StunAttributeType.Username], unknown);
    }

    private void Write()
    {
        var writer = new StunWriter(_buffer, StunClass.Success, StunMethod.Binding, Id);
        writer.AddXorAddress(StunAttributeType.XorMappedAddress, new(IpAddress.Loopback, 4711));
        writer.AddText(StunAttributeType.Software, "Postern");
        writer.AddErrorCode(StunErrorCode.RoleConflict);
        writer.AddIntegrity(Key);
        writer.AddIntegritySha256(Key);
        writer.AddFingerprint();
    }

    private static long Allocated(Action action)
    {
        for (var i = 0; i < 200; i++)
        {
            action();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            action();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
