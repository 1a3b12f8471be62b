using System.Security.Cryptography;
using Postern.Benchmarks.Harness;
using Postern.Lab.Namespaces.Kernel;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Benchmarks.Stun;

/// <summary>Parsing, checking and building a Binding request as ICE sends it.</summary>
internal static class StunBench
{
    private static readonly byte[] Key = StunKey.ShortTerm("VOkJxbRl1RmTxUk/WvJxBt");
    private static readonly byte[] Username = "evtj:h6vY"u8.ToArray();

    public static void Run()
    {
        var id = TransactionId.Draw(new LabRandom(1));
        var sha1 = new byte[Build(new byte[256], id, sha256: false)];
        Build(sha1, id, sha256: false);
        var sha256 = new byte[Build(new byte[256], id, sha256: true)];
        Build(sha256, id, sha256: true);

        var table = new Table(
            "STUN",
            $"CPU time of one thread, 9 rounds of 60 ms; a Binding request of ICE: {sha1.Length} bytes with SHA-1, {sha256.Length} with SHA-256",
            "",
            "ns",
            "range",
            "allocated",
            "of bare HMAC");
        var hmac1 = Bare("HMAC-SHA1 alone, of as many bytes", sha1.AsMemory(0, sha1.Length - 32), HMACSHA1.HashData);
        var hmac256 = Bare("HMAC-SHA256 alone, of as many bytes", sha256.AsMemory(0, sha256.Length - 44), HMACSHA256.HashData);
        var buffer = new byte[256];
        Add(table, Operation.Measure("parse, FINGERPRINT checked", count => Parse(sha1, count)));
        Add(table, Operation.Measure("parse and read every attribute", count => Read(sha1, count)));
        Add(table, Operation.Measure("parse and check MESSAGE-INTEGRITY", count => Check(sha1, count, sha256: false)), hmac1);
        Add(table, hmac1);
        Add(table, Operation.Measure("parse and check MESSAGE-INTEGRITY-SHA256", count => Check(sha256, count, sha256: true)), hmac256);
        Add(table, hmac256);
        Add(table, Operation.Measure("build with MESSAGE-INTEGRITY and FINGERPRINT", count => Build(buffer, id, count, sha256: false)), hmac1);
        Add(table, Operation.Measure("build with MESSAGE-INTEGRITY-SHA256 and FINGERPRINT", count => Build(buffer, id, count, sha256: true)), hmac256);
        table.Print();
    }

    private delegate int Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> source, Span<byte> destination);

    private static Operation Bare(string what, ReadOnlyMemory<byte> bytes, Hmac hmac) => Operation.Measure(what, count =>
    {
        Span<byte> mac = stackalloc byte[32];
        for (var i = 0; i < count; i++)
        {
            hmac(Key, bytes.Span, mac);
        }
    });

    private static void Parse(byte[] bytes, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Must(StunMessage.TryParse(bytes, out _) == StunError.None);
        }
    }

    private static void Read(byte[] bytes, int count)
    {
        for (var i = 0; i < count; i++)
        {
            StunMessage.TryParse(bytes, out var message);
            Must(message.TryGetText(StunAttributeType.Username, out _)
                & message.TryGetUInt32(StunAttributeType.Priority, out _)
                & message.TryGetUInt64(StunAttributeType.IceControlled, out _));
        }
    }

    private static void Check(byte[] bytes, int count, bool sha256)
    {
        for (var i = 0; i < count; i++)
        {
            StunMessage.TryParse(bytes, out var message);
            Must(sha256 ? message.VerifyIntegritySha256(Key) : message.VerifyIntegrity(Key));
        }
    }

    private static void Build(byte[] buffer, TransactionId id, int count, bool sha256)
    {
        for (var i = 0; i < count; i++)
        {
            Build(buffer, id, sha256);
        }
    }

    private static int Build(byte[] buffer, TransactionId id, bool sha256)
    {
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, id);
        writer.Add(StunAttributeType.Username, Username);
        writer.AddUInt32(StunAttributeType.Priority, 0x6E0001FF);
        writer.AddUInt64(StunAttributeType.IceControlled, 0x932FF9B151263B36);
        if (sha256)
        {
            writer.AddIntegritySha256(Key);
        }
        else
        {
            writer.AddIntegrity(Key);
        }

        writer.AddFingerprint();
        return writer.Length;
    }

    private static void Add(Table table, Operation operation, Operation? yardstick = null) => table.Add(
        operation.What,
        $"{operation.Nanoseconds.Median:0}",
        operation.Nanoseconds.Range("0"),
        $"{operation.Bytes:0} B",
        yardstick is null ? "" : $"{operation.Nanoseconds.Median / yardstick.Nanoseconds.Median:0.00}");

    private static void Must(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("The message is not what it was made to be.");
        }
    }
}
