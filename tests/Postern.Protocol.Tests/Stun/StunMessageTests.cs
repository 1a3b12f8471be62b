using System.Buffers.Binary;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Tests.Kit;

namespace Postern.Tests.Stun;

public class StunMessageTests
{
    private static readonly TransactionId Id = TransactionId.Draw(new SeededRandom(7));
    private static readonly byte[] Key = StunKey.ShortTerm("secret");

    private delegate void Fill(ref StunWriter writer);

    [Fact]
    public void Every_method_and_class_survives_the_interleaved_bits()
    {
        var buffer = new byte[20];
        for (var method = 0; method < 0x1000; method++)
        {
            foreach (var @class in Enum.GetValues<StunClass>())
            {
                _ = new StunWriter(buffer, @class, (StunMethod)method, Id);
                Parse(buffer, out var message).ShouldBe(StunError.None);
                (message.Class, message.Method).ShouldBe((@class, (StunMethod)method));
            }
        }
    }

    [Fact]
    public void The_well_known_types_have_their_well_known_bytes()
    {
        var buffer = new byte[20];
        (StunClass, StunMethod, int)[] known =
        [
            (StunClass.Request, StunMethod.Binding, 0x0001), (StunClass.Indication, StunMethod.Binding, 0x0011), (StunClass.Success, StunMethod.Binding, 0x0101),
            (StunClass.Error, StunMethod.Binding, 0x0111), (StunClass.Request, StunMethod.Allocate, 0x0003), (StunClass.Indication, StunMethod.Send, 0x0016),
        ];
        foreach (var (@class, method, type) in known)
        {
            _ = new StunWriter(buffer, @class, method, Id);
            BinaryPrimitives.ReadUInt16BigEndian(buffer).ShouldBe((ushort)type);
        }
    }

    [Fact]
    public void Whatever_is_no_message_says_why()
    {
        var good = Write((ref StunWriter w) => w.AddUInt32(StunAttributeType.Priority, 1));
        Parse(good[..19], out _).ShouldBe(StunError.TooShort);
        Parse(Changed(good, 0, 0x40), out _).ShouldBe(StunError.NotStun);
        Parse(Changed(good, 0, 0x80), out _).ShouldBe(StunError.NotStun);
        Parse([.. good, 0, 0, 0, 0], out _).ShouldBe(StunError.BadLength);
        Parse(good[..24], out _).ShouldBe(StunError.BadLength);
        Parse(Changed(good[..21], 3, 1), out _).ShouldBe(StunError.BadLength);
        Parse(Changed(good, 23, 5), out _).ShouldBe(StunError.BadAttribute);
        Parse(Changed(good, 22, 0xFF), out _).ShouldBe(StunError.BadAttribute);
        Parse([], out _).ShouldBe(StunError.TooShort);
    }

    [Fact]
    public void A_fingerprint_must_be_right_and_last()
    {
        var good = Write((ref StunWriter w) => w.AddFingerprint());
        Parse(good, out var message).ShouldBe(StunError.None);
        message.HasFingerprint.ShouldBeTrue();
        for (var i = 0; i < good.Length; i++)
        {
            var error = Parse(Changed(good, i, (byte)(good[i] ^ 1)), out var changed);
            (error != StunError.None || !changed.HasFingerprint).ShouldBeTrue($"byte {i}"); // a changed type is no FINGERPRINT any more
        }

        var behind = new byte[good.Length + 8];
        good.CopyTo(behind, 0);
        behind[3] += 8;
        BinaryPrimitives.WriteUInt16BigEndian(behind.AsSpan(good.Length), (ushort)StunAttributeType.Software);
        behind[good.Length + 3] = 4;
        Parse(behind, out _).ShouldBe(StunError.BadFingerprint);
    }

    [Fact]
    public void Attributes_behind_an_integrity_attribute_are_ignored_but_for_SHA_256_and_FINGERPRINT()
    {
        var sealed1 = Write((ref StunWriter w) =>
        {
            w.AddUInt32(StunAttributeType.Priority, 1);
            w.AddIntegrity(Key);
        });
        var extended = Append(sealed1, StunAttributeType.UseCandidate, []);
        extended = Append(extended, StunAttributeType.Priority, [0, 0, 0, 9]);
        Parse(extended, out var message).ShouldBe(StunError.None);
        message.Has(StunAttributeType.UseCandidate).ShouldBeFalse();
        message.FindUnknown([], new StunAttributeType[8]).ShouldBe(1);
        message.VerifyIntegrity(Key).ShouldBeTrue();

        var both = Write((ref StunWriter w) =>
        {
            w.AddIntegrity(Key);
            w.AddIntegritySha256(Key);
            w.AddFingerprint();
        });
        Parse(both, out message).ShouldBe(StunError.None);
        (message.VerifyIntegrity(Key), message.VerifyIntegritySha256(Key), message.HasFingerprint).ShouldBe((true, true, true));

        // MESSAGE-INTEGRITY behind MESSAGE-INTEGRITY-SHA256 does not count.
        var wrongOrder = Append(Write((ref StunWriter w) => w.AddIntegritySha256(Key)), StunAttributeType.MessageIntegrity, new byte[20]);
        Parse(wrongOrder, out message).ShouldBe(StunError.None);
        (message.HasMessageIntegrity, message.VerifyIntegritySha256(Key)).ShouldBe((false, true));
    }

    [Fact]
    public void No_changed_bit_under_the_integrity_goes_unnoticed()
    {
        var good = Write((ref StunWriter w) =>
        {
            w.AddText(StunAttributeType.Username, "alice");
            w.AddIntegrity(Key);
            w.AddIntegritySha256(Key);
        });
        for (var bit = 0; bit < 8 * good.Length; bit++)
        {
            if (Parse(Changed(good, bit / 8, (byte)(good[bit / 8] ^ (1 << (bit % 8)))), out var message) == StunError.None)
            {
                (message.VerifyIntegrity(Key) && message.VerifyIntegritySha256(Key)).ShouldBeFalse($"bit {bit}");
            }
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(28)]
    [InlineData(32)]
    [InlineData(36)]
    public void A_truncated_SHA_256_counts_only_where_the_usage_allows_it(int size)
    {
        var full = Write((ref StunWriter w) => w.AddText(StunAttributeType.Username, "alice"));
        var truncated = Append(full, StunAttributeType.MessageIntegritySha256, new byte[size]);
        var mac = System.Security.Cryptography.HMACSHA256.HashData(Key, truncated[..^(size + 4)]);
        mac.AsSpan(0, Math.Min(size, 32)).CopyTo(truncated.AsSpan(truncated.Length - size));
        Parse(truncated, out var message).ShouldBe(StunError.None);
        message.VerifyIntegritySha256(Key).ShouldBe(size == 32);
        message.VerifyIntegritySha256(Key, minimum: 16).ShouldBe(size is 16 or 28 or 32);
    }

    [Fact]
    public void Every_typed_reading_returns_what_was_written()
    {
        Parse(
            Write((ref StunWriter w) =>
            {
                w.Add(StunAttributeType.RequestedTransport, [17, 0, 0, 0]);
                w.Add(StunAttributeType.EvenPort, [0x80]);
                w.AddUInt16(StunAttributeType.ChannelNumber, 0x4001);
                w.AddAddress(StunAttributeType.AlternateServer, Endpoint.Parse("[2001:db8::1]:3478"));
                w.AddText(StunAttributeType.AlternateDomain, "example.org");
                w.AddErrorCode(StunErrorCode.TryAlternate);
                w.AddUnknownAttributes([StunAttributeType.Priority, StunAttributeType.UseCandidate, StunAttributeType.EvenPort]);
                w.Add(StunAttributeType.AddressErrorCode, [2, 0, 4, 40, (byte)'n', (byte)'o']);
                w.Add(StunAttributeType.Icmp, [0, 0, (3 << 1) | 1, 4, 0, 0, 5, 0xDC]);
                w.Add(StunAttributeType.TransactionTransmitCounter, [0, 0, 3, 2]);
            }),
            out var message).ShouldBe(StunError.None);
        (message.TryGetByte(StunAttributeType.RequestedTransport, out var transport), transport).ShouldBe((true, (byte)17));
        (message.TryGetByte(StunAttributeType.EvenPort, out var even), even).ShouldBe((true, (byte)0x80));
        (message.TryGetUInt16(StunAttributeType.ChannelNumber, out var channel), channel).ShouldBe((true, (ushort)0x4001));
        message.TryGetAlternateServer(out var server, out var domain).ShouldBeTrue();
        server.ShouldBe(Endpoint.Parse("[2001:db8::1]:3478"));
        domain.SequenceEqual("example.org"u8).ShouldBeTrue();
        message.TryGetErrorCode(out var code, out var reason).ShouldBeTrue();
        code.ShouldBe(300);
        reason.SequenceEqual("Try Alternate"u8).ShouldBeTrue();
        var unknown = new StunAttributeType[2];
        message.ReadUnknownAttributes(unknown).ShouldBe(2);
        unknown.ShouldBe([StunAttributeType.Priority, StunAttributeType.UseCandidate]);
        message.TryGetAddressErrorCode(out var family, out code, out reason).ShouldBeTrue();
        (family, code).ShouldBe(((byte)2, 440));
        reason.SequenceEqual("no"u8).ShouldBeTrue();
        (message.TryGetIcmp(out var type, out var icmp, out var data), type, icmp, data).ShouldBe((true, (byte)3, (ushort)260, 1500u));
        (message.TryGetTransmitCounter(out var requests, out var responses), requests, responses).ShouldBe((true, (byte)3, (byte)2));
    }

    [Fact]
    public void Malformed_values_are_not_read()
    {
        Parse(
            Write((ref StunWriter w) =>
            {
                w.Add(StunAttributeType.ErrorCode, [0, 0, 7, 0]);
                w.Add(StunAttributeType.MappedAddress, [0, 3, 0, 1, 1, 2, 3, 4]);
                w.Add(StunAttributeType.XorMappedAddress, [0, 2, 0, 1, 1, 2, 3, 4]);
                w.Add(StunAttributeType.OtherAddress, new byte[24]);
                w.Add(StunAttributeType.Username, new byte[509]);
                w.Add(StunAttributeType.Software, [0xFF]);
                w.Add(StunAttributeType.Priority, [1, 2, 3]);
                w.Add(StunAttributeType.UnknownAttributes, [1, 2, 3]);
                w.Add(StunAttributeType.AlternateServer, [0, 1, 0, 0, 1, 2, 3, 4]);
            }),
            out var message).ShouldBe(StunError.None);
        message.TryGetErrorCode(out _, out var reason).ShouldBeFalse();
        reason.IsEmpty.ShouldBeTrue();
        message.TryGetAddress(StunAttributeType.MappedAddress, out _).ShouldBeFalse();
        message.TryGetXorAddress(StunAttributeType.XorMappedAddress, out _).ShouldBeFalse();
        message.TryGetAddress(StunAttributeType.OtherAddress, out _).ShouldBeFalse();
        message.TryGetXorAddress(StunAttributeType.OtherAddress, out _).ShouldBeFalse();
        message.TryGetText(StunAttributeType.Username, out _).ShouldBeFalse();
        message.TryGetText(StunAttributeType.Software, out _).ShouldBeFalse();
        message.TryGetUInt32(StunAttributeType.Priority, out _).ShouldBeFalse();
        message.ReadUnknownAttributes([]).ShouldBe(-1);
        message.TryGetAlternateServer(out _, out _).ShouldBeFalse();
    }

    [Fact]
    public void The_first_of_several_equal_attributes_counts()
    {
        Parse(
            Write((ref StunWriter w) =>
            {
                w.AddUInt32(StunAttributeType.Priority, 1);
                w.AddUInt32(StunAttributeType.Priority, 2);
            }),
            out var message).ShouldBe(StunError.None);
        message.TryGetUInt32(StunAttributeType.Priority, out var priority).ShouldBeTrue();
        priority.ShouldBe(1u);
    }

    [Fact]
    public void An_IPv4_address_in_an_IPv6_attribute_is_that_IPv4_address()
    {
        Parse(Write((ref StunWriter w) => w.Add(StunAttributeType.OtherAddress, [0, 2, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 10, 0, 0, 1])), out var message);
        message.TryGetAddress(StunAttributeType.OtherAddress, out var endpoint).ShouldBeTrue();
        endpoint.ShouldBe(Endpoint.Parse("10.0.0.1:9"));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    [InlineData(20, false)]
    [InlineData(64, false)]
    [InlineData(128, false)]
    public void The_first_byte_tells_STUN_from_its_neighbours_on_the_port(byte first, bool isStun)
    {
        var datagram = new byte[20];
        datagram[0] = first;
        StunMessage.LooksLikeStun(datagram).ShouldBe(isStun);
        StunMessage.LooksLikeStun(datagram.AsSpan(1)).ShouldBeFalse();
    }

    private static StunError Parse(byte[] bytes, out StunMessage message) => StunMessage.TryParse(bytes, out message);

    private static byte[] Write(Fill fill)
    {
        var buffer = new byte[2048];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, Id);
        fill(ref writer);
        return buffer[..writer.Length];
    }

    private static byte[] Changed(byte[] bytes, int at, byte value)
    {
        var changed = bytes.ToArray();
        changed[at] = value;
        return changed;
    }

    private static byte[] Append(byte[] message, StunAttributeType type, byte[] value)
    {
        var bytes = new byte[message.Length + 4 + ((value.Length + 3) & ~3)];
        message.CopyTo(bytes, 0);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)(bytes.Length - 20));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(message.Length), (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(message.Length + 2), (ushort)value.Length);
        value.CopyTo(bytes, message.Length + 4);
        return bytes;
    }
}
