using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Postern.Lab.Namespaces.Kernel;

namespace Postern.Benchmarks.Learning;

/// <summary>A log as a busy small office's firewall writes it: some hundred hosts inside, many thousands outside, always the same from one seed.</summary>
internal static class LogFile
{
    private static readonly int[] Services = [53, 80, 443, 443, 443, 993, 5222, 3478, 123, 51413];

    /// <summary>Writes lines until the file is as long as asked, and answers how many.</summary>
    public static long Write(string path, long bytes, bool json)
    {
        var random = new LabRandom(7);
        var at = new DateTime(2026, 11, 1, 0, 0, 0, DateTimeKind.Utc);
        using var file = new StreamWriter(path, false, new UTF8Encoding(false), 1 << 20);
        long written = 0, lines = 0;
        for (; written < bytes; lines++, at = at.AddMilliseconds(Next(random, 500)))
        {
            var line = json ? Json(random, at) : Kernel(random, at);
            file.Write(line);
            file.Write('\n');
            written += line.Length + 1;
        }

        return lines;
    }

    private static string Kernel(LabRandom random, DateTime at)
    {
        var isUdp = Next(random, 3) == 0;
        var tail = isUdp ? " LEN=48" : " WINDOW=64240 RES=0x00 SYN URGP=0";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{at:MMM dd HH:mm:ss} gate kernel: [{Next(random, 9_000_000)}.{Next(random, 999_999):000000}] loc-net ACCEPT IN=eth1 OUT=eth0 MAC=02:42:ac:11:00:02:02:42:ac:11:00:03:08:00 SRC=192.168.1.{10 + Next(random, 120)} DST={Outside(random)} LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID={Next(random, 65535)} DF PROTO={(isUdp ? "UDP" : "TCP")} SPT={32768 + Next(random, 28232)} DPT={Services[Next(random, Services.Length)]}{tail}");
    }

    private static string Json(LabRandom random, DateTime at) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"timestamp": "{{at:yyyy-MM-ddTHH:mm:ss}}.000000+0000", "dvc": "Netfilter", "raw.pktlen": 60, "oob.prefix": "loc-net ACCEPT", "oob.in": "eth1", "oob.out": "eth0", "oob.family": 2, "src_ip": "192.168.1.{{10 + Next(random, 120)}}", "dest_ip": "{{Outside(random)}}", "ip.protocol": 6, "src_port": {{32768 + Next(random, 28232)}}, "dest_port": {{Services[Next(random, Services.Length)]}}, "tcp.syn": 1, "tcp.window": 64240}""");

    private static string Outside(LabRandom random) => string.Create(
        CultureInfo.InvariantCulture, $"{(Next(random, 2) == 0 ? "198.51.100" : $"203.0.{Next(random, 40)}")}.{Next(random, 254)}");

    private static int Next(LabRandom random, int below)
    {
        Span<byte> word = stackalloc byte[4];
        random.Fill(word);
        return (int)(BinaryPrimitives.ReadUInt32LittleEndian(word) % (uint)below);
    }
}
