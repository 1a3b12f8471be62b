using Postern.Protocol.Stun;
using Postern.Tests.Kit;

namespace Postern.Tests.Stun;

[Collection(nameof(Alone))]
public class StunFuzzTests
{
    private static readonly byte[] Key = StunKey.ShortTerm("VOkJxbRl1RmTxUk/WvJxBt");
    private readonly byte[] _buffer = new byte[4096];

    [Fact]
    public void Fuzzed_messages_never_throw_and_what_parses_is_written_again_alike()
    {
        var parsed = 0;
        FuzzRun.Run("stun", input =>
        {
            if (StunMessage.TryParse(input, out var message) == StunError.None)
            {
                parsed++;
                ReadAll(message, verifies: parsed % 8 == 0);
                WriteAgain(message);
            }
        });
        parsed.ShouldBeGreaterThan(50_000);
    }

    private static void ReadAll(in StunMessage message, bool verifies)
    {
        foreach (var field in message.Fields)
        {
            var type = field.Type;
            _ = message.Has(type) | message.TryGetByte(type, out _) | message.TryGetUInt16(type, out _) | message.TryGetUInt32(type, out _)
                | message.TryGetUInt64(type, out _) | message.TryGetText(type, out _) | message.TryGetAddress(type, out _) | message.TryGetXorAddress(type, out _);
        }

        Span<StunAttributeType> types = stackalloc StunAttributeType[4];
        message.FindUnknown([], types).ShouldBeInRange(0, 4);
        message.ReadUnknownAttributes(types).ShouldBeInRange(-1, 4);
        _ = message.TryGetErrorCode(out _, out _) | message.TryGetAlternateServer(out _, out _) | message.TryGetAddressErrorCode(out _, out _, out _)
            | message.TryGetIcmp(out _, out _, out _) | message.TryGetTransmitCounter(out _, out _);
        if (verifies)
        {
            _ = message.VerifyIntegrity(Key) | message.VerifyIntegritySha256(Key, 16);
        }
    }

    private void WriteAgain(in StunMessage message)
    {
        var writer = StunWriter.Respond(_buffer, message.Class, message);
        foreach (var field in message.Fields)
        {
            writer.Add(field.Type, field.Value);
        }

        StunMessage.TryParse(_buffer.AsSpan(0, writer.Length), out var again).ShouldBe(StunError.None);
        (again.Class == message.Class && again.Method == message.Method && again.TransactionId == message.TransactionId).ShouldBeTrue();
        var fields = again.Fields;
        foreach (var field in message.Fields)
        {
            (fields.MoveNext() && fields.Current.Type == field.Type && fields.Current.Value.SequenceEqual(field.Value)).ShouldBeTrue();
        }

        fields.MoveNext().ShouldBeFalse();
    }
}
