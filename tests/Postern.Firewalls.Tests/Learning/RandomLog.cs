using System.Globalization;
using System.Text;
using Postern.Tests.Kit;

namespace Postern.Tests.Learning;

/// <summary>A log in all languages at once, from one seed: mostly right lines of few shapes, some cut, written over each other or hostile.</summary>
internal sealed class RandomLog(ulong seed)
{
    private readonly SeededRandom _random = new(seed);

    /// <param name="count">How many lines.</param>
    /// <param name="names">So many interfaces and prefixes there are.</param>
    /// <param name="hasHeadings">Whether Windows' columns change on the way.</param>
    public string[] Lines(int count, int names, bool hasHeadings) => [.. Enumerable.Range(0, count).Select(_ => Broken(Line(names, hasHeadings)))];

    public int Next(int below)
    {
        Span<byte> word = stackalloc byte[4];
        _random.Fill(word);
        return (int)(BitConverter.ToUInt32(word) % (uint)below);
    }

    private string Line(int names, bool hasHeadings) => Next(hasHeadings ? 12 : 10) switch
    {
        < 4 => Kernel(names),
        < 7 => Json(names),
        7 => string.Create(CultureInfo.InvariantCulture, $"[179566778{Next(10)}.123] [NEW] udp 17 30 src={Host()} dst={Host()} sport={Port()} dport={Port()} [UNREPLIED] src=1.1.1.1 dst=2.2.2.2 sport=1 dport=2"),
        8 => $"{{\"__REALTIME_TIMESTAMP\":\"1795667785123456\",\"_TRANSPORT\":\"kernel\",\"MESSAGE\":\"{Fields(names)}\"}}",
        9 => Next(2) == 0 ? "Nov 26 04:36:25 gate kernel: net_ratelimit: 12 callbacks suppressed" : "Nov 26 04:36:25 gate sshd[7]: who are you",
        10 => Next(2) == 0 ? "#Fields: date time action protocol src-ip dst-ip src-port dst-port" : "#Fields: date time action protocol dst-ip src-ip dst-port src-port",
        _ => string.Create(CultureInfo.InvariantCulture, $"2026-11-26 04:36:{Next(60):00} ALLOW UDP {Host()} {Host()} {Port()} {Port()}"),
    };

    private string Kernel(int names) => string.Create(
        CultureInfo.InvariantCulture, $"Nov {1 + Next(25),2} 04:3{Next(10)}:25 {(Next(9) == 0 ? "fence" : "gate")} kernel: [{new string(' ', Next(3))}{Next(100000)}.{Next(999)}] {Prefix(names)} {Fields(names)}");

    private string Fields(int names) => string.Create(
        CultureInfo.InvariantCulture,
        $"IN=eth{Next(names)} OUT={(Next(4) == 0 ? "" : "eth1")} MAC=02:00 SRC={Host()} DST={Host()} LEN={Next(99)} TTL=6{Next(10)} ID={Next(65536)} {(Next(2) == 0 ? "DF " : "")}{Transport()}");

    private string Transport() => Next(6) switch
    {
        0 => string.Create(CultureInfo.InvariantCulture, $"PROTO=ICMP TYPE={(Next(2) == 0 ? 8 : 0)} CODE=0 ID=1 SEQ={Next(9)}"),
        1 => "PROTO=ICMP TYPE=3 CODE=3 [SRC=5.6.7.8 DST=1.2.3.4 PROTO=UDP SPT=1 DPT=2 LEN=20 ]",
        < 4 => string.Create(CultureInfo.InvariantCulture, $"PROTO=UDP SPT={Port()} DPT={Port()} LEN={Next(99)}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"PROTO=TCP SPT={Port()} DPT={Port()} WINDOW=64240 RES=0x00 {(Next(3) == 0 ? "ACK " : "")}SYN URGP={Next(2)}"),
    };

    private string Json(int names) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"timestamp\": \"2026-11-26T04:3{Next(10)}:25.{Next(999999)}+0{Next(3)}00\", \"raw.pktlen\": {Next(99)}, \"oob.prefix\": \"{Prefix(names)}\",{(Next(5) == 0 ? " \"action\": \"blocked\"," : "")} \"oob.in\": \"eth{Next(names)}\", \"src_ip\": \"{Host()}\", \"dest_ip\": \"{Host()}\", \"ip.protocol\": {(Next(2) == 0 ? 17 : 6)}, \"src_port\": {Port()}, \"dest_port\": {Port()}, \"tcp.syn\": {Next(2)}}}");

    private string Prefix(int names) => string.Create(CultureInfo.InvariantCulture, $"rule{Next(names)} {(Next(2) == 0 ? "ACCEPT" : "DROP")}");

    private string Host() => Next(40) switch
    {
        0 => "2001:db8::" + Next(9).ToString("x", CultureInfo.InvariantCulture),
        1 => string.Create(CultureInfo.InvariantCulture, $"1.2.{Next(300)}.{Next(300)}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{1 + Next(223)}.{Next(256)}.{Next(256)}.{Next(256)}"),
    };

    private string Port() => (Next(60) == 0 ? 65530 + Next(12) : Next(3) == 0 ? Next(100) : Next(65536)).ToString(CultureInfo.InvariantCulture);

    private string Broken(string line)
    {
        var at = Next(line.Length);
        return Next(30) switch
        {
            0 => line[..at],
            1 => line[at..],
            2 => line[..at] + Kernel(2),
            3 => line[..at] + "\u001b[2J%n" + line[at..],
            4 => line + "\r",
            5 => line.Insert(at, ((char)(' ' + Next(95))).ToString()),
            6 => line.Remove(at, 1),
            7 => Next(20) == 0 ? line + new string('x', 20_000) : "",
            _ => line,
        };
    }

    public static byte[] Bytes(IEnumerable<string> lines, bool endsOpen) => Encoding.UTF8.GetBytes(string.Join('\n', lines) + (endsOpen ? "" : "\n"));
}
