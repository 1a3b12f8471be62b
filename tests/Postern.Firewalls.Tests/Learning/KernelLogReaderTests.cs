using Postern.Firewalls.Learning;
using Postern.Firewalls.Rules;
using Postern.Tests.Kit;

namespace Postern.Tests.Learning;

[Collection(nameof(Alone))]
public class KernelLogReaderTests
{
    private const string Udp =
        "postern:input:drop IN=wan0 OUT= MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00 SRC=203.0.113.77 DST=203.0.113.5 LEN=30 TOS=0x00 PREC=0x00 TTL=64 ID=3882 DF PROTO=UDP SPT=2828 DPT=14357 LEN=10";

    private const string Syn =
        "loc-net REJECT IN=eth1 OUT=eth0 MAC=02:00 SRC=192.168.1.10 DST=198.51.100.7 LEN=60 TOS=0x00 PREC=0x00 TTL=63 ID=1 DF PROTO=TCP SPT=49160 DPT=5222 WINDOW=64240 RES=0x00 SYN URGP=0";

    [Theory]
    [InlineData("", null)]
    [InlineData("[ 1234.567890] ", null)]
    [InlineData("Nov 26 04:36:25 gate kernel: ", "2026-11-26T04:36:25")]
    [InlineData("Nov 26 04:36:25 gate kernel: [ 1234.567890] ", "2026-11-26T04:36:25")]
    [InlineData("Dec  9 04:36:25 gate kernel: ", "2025-12-09T04:36:25")] // the last one that has been
    [InlineData("2026-11-26T05:36:25.250000+01:00 gate kernel: [ 1234.567890] ", "2026-11-26T04:36:25.25")]
    [InlineData("[Thu Nov 26 04:36:25 2026] ", null)]
    public void A_line_is_read_behind_every_heading(string heading, string? at)
    {
        var flow = LogWorld.Only(heading + Udp);
        flow.Protocol.ShouldBe(IpProtocol.Udp);
        (flow.Source.ToString(), flow.SourcePort).ShouldBe(("203.0.113.77", (ushort)2828));
        (flow.Destination.ToString(), flow.DestinationPort).ShouldBe(("203.0.113.5", (ushort)14357));
        (flow.InInterface, flow.OutInterface, flow.Prefix, flow.Passed).ShouldBe(("wan0", "", "postern:input:drop", false));
        flow.At.ShouldBe(at is null ? null : DateTimeOffset.Parse(at + "Z"));
    }

    [Theory]
    [InlineData("loc-net REJECT ", false)]
    [InlineData("Shorewall:loc-net:REJECT:", false)]
    [InlineData("[UFW BLOCK] ", false)]
    [InlineData("[UFW ALLOW] ", true)]
    [InlineData("[UFW AUDIT] ", null)]
    [InlineData("[UFW LIMIT BLOCK] ", false)]
    [InlineData("", null)]
    public void The_prefix_tells_whether_it_passed(string prefix, bool? passed) =>
        LogWorld.Only("Nov 26 04:36:25 gate kernel: " + prefix + Udp["postern:input:drop ".Length..]).Passed.ShouldBe(passed);

    [Fact]
    public void Logemu_of_ulogd_is_read()
    {
        var flow = LogWorld.Only(
            "Nov 26 04:36:25 gate drop  IN=wan0 OUT= MAC=02:00 SRC=203.0.113.77 DST=203.0.113.5 LEN=60 TOS=00 PREC=0x00 TTL=64 ID=1 DF PROTO=TCP SPT=40000 DPT=22 SEQ=1 ACK=0 WINDOW=64240 SYN URGP=0 MARK=0");
        (flow.Prefix, flow.DestinationPort, flow.Passed).ShouldBe(("drop", (ushort)22, false));
    }

    [Theory]
    [InlineData(Syn, LineKind.Flow)]
    [InlineData("IN=e OUT= SRC=1.2.3.4 DST=5.6.7.8 PROTO=TCP SPT=1 DPT=2 WINDOW=1 RES=0x00 ACK SYN URGP=0", LineKind.Reply)]
    [InlineData("IN=e OUT= SRC=1.2.3.4 DST=5.6.7.8 PROTO=TCP SPT=1 DPT=2 WINDOW=1 RES=0x00 ACK PSH FIN URGP=0", LineKind.Reply)]
    [InlineData("IN=e OUT= SRC=1.2.3.4 DST=5.6.7.8 PROTO=TCP SPT=1 DPT=2 WINDOW=1 RES=0x00 RST URGP=0", LineKind.Reply)]
    [InlineData("IN=e OUT= SRC=1.2.3.4 DST=5.6.7.8 LEN=84 PROTO=ICMP TYPE=8 CODE=0 ID=1 SEQ=1", LineKind.Flow)]
    [InlineData("IN=e OUT= SRC=1.2.3.4 DST=5.6.7.8 LEN=84 PROTO=ICMP TYPE=0 CODE=0 ID=1 SEQ=1", LineKind.Reply)]
    [InlineData("IN=e OUT= SRC=1.2.3.4 DST=5.6.7.8 PROTO=ICMP TYPE=3 CODE=3 [SRC=5.6.7.8 DST=1.2.3.4 LEN=40 PROTO=UDP SPT=1 DPT=2 LEN=20 ]", LineKind.Reply)]
    [InlineData("IN=e OUT= SRC=1.2.3.4 DST=5.6.7.8 LEN=20 ID=7 FRAG:185 PROTO=UDP", LineKind.Reply)]
    [InlineData("IN=e OUT= SRC=1.2.3.4 DST=5.6.7.8 LEN=20 PROTO=47", LineKind.Flow)]
    [InlineData("IN=e OUT= SRC=1.2.3.4 DST=5.6.7.8 LEN=20 PROTO=2", LineKind.Flow)]
    [InlineData("IN=e OUT= SRC=2001:0db8:0000:0000:0000:0000:0000:0001 DST=ff02:0000:0000:0000:0000:0000:0000:00fb LEN=80 TC=0 HOPLIMIT=255 FLOWLBL=0 PROTO=UDP SPT=5353 DPT=5353 LEN=40", LineKind.Flow)]
    [InlineData("IN=br0 OUT= PHYSIN=eth1 MAC=02:00 SRC=1.2.3.4 DST=5.6.7.8 PROTO=UDP SPT=1 DPT=2 LEN=9", LineKind.Flow)]
    public void Only_what_opens_a_flow_is_one(string line, LineKind kind) => LogWorld.Kind(line).ShouldBe(kind);

    [Theory]
    [InlineData("Nov 26 04:36:25 gate kernel: drop IN=wan0 OUT= MAC=02:00 SRC=203.0.113.77 DST=203.0.11", LineKind.Cut)]
    [InlineData("Nov 26 04:36:25 gate kernel: drop IN=wan0 OUT= SRC=203.0.113.77 DST=203.0.113.5 PROTO=TCP SPT=1 DPT=2 WINDOW=1", LineKind.Cut)]
    [InlineData("Nov 26 04:36:25 gate kernel: drop IN=wan0 OUT= SRC=203.0.113.777 DST=203.0.113.5 PROTO=UDP SPT=1 DPT=2", LineKind.Cut)]
    [InlineData("Nov 26 04:36:25 gate kernel: drop IN=wan0 OUT= SRC=203.0.113.7 DST=2001:db8::1 PROTO=UDP SPT=1 DPT=2", LineKind.Cut)]
    [InlineData("Nov 26 04:36:25 gate kernel: drop IN=wan0 OUT= SRC=203.0.113.7 DST=203.0.113.5 PROTO=UDP SPT=1 DPT=65536", LineKind.Cut)]
    [InlineData("Nov 26 04:36:25 gate kernel: :00 SRC=203.0.113.7 DST=203.0.113.5 PROTO=UDP SPT=1 DPT=2", LineKind.Cut)]
    [InlineData("drop IN=wan0 OUT= SRC=203.0.113.7 DST=203.0.drop IN=wan0 OUT= SRC=203.0.113.8 DST=203.0.113.5 PROTO=UDP SPT=1 DPT=2", LineKind.Interleaved)]
    [InlineData("drop IN=wan0 OUT= SRC=203.0.113.7 DST=203.0.113.5 IN=eth0 OUT= SRC=1.1.1.1 PROTO=UDP SPT=1 DPT=2", LineKind.Interleaved)]
    [InlineData("drop \u001b[2J\u001b]0;owned\u0007 IN=wan0 OUT= SRC=203.0.113.7 DST=203.0.113.5 PROTO=UDP SPT=1 DPT=2", LineKind.Unprintable)]
    [InlineData("Nov 26 04:36:25 gate sshd[77]: Invalid user IN=wan0 OUT= SRC=1.2.3.4 DST=5.6.7.8 PROTO=UDP SPT=1 DPT=2 from 203.0.113.9", LineKind.Foreign)]
    [InlineData("Nov 26 04:36:25 gate kernel: net_ratelimit: 123 callbacks suppressed", LineKind.Lost)]
    [InlineData("Nov 26 04:36:25 gate systemd-journald[1]: Missed 44 kernel messages", LineKind.Lost)]
    [InlineData("Nov 26 04:36:25 gate rsyslogd: imjournal: 500 messages lost due to rate-limiting (20000 allowed within 600 seconds)", LineKind.Lost)]
    [InlineData("%s%s%n%x %p IN= OUT", LineKind.Foreign)]
    [InlineData("IN= OUT= %n%n%n SRC=%s DST=%s PROTO=%d", LineKind.Cut)]
    [InlineData("", LineKind.Comment)]
    public void What_cannot_be_used_does_no_harm_and_is_counted(string line, LineKind kind) => LogWorld.Kind(line).ShouldBe(kind);

    [Fact]
    public void A_megabyte_without_an_end_is_one_line_too_long()
    {
        var world = new LogWorld();
        var block = new byte[100_000];
        block.AsSpan().Fill((byte)'A');
        for (var i = 0; i < 10; i++)
        {
            world.Feed(block);
        }

        world.Feed("\n"u8);
        world.Feed(System.Text.Encoding.UTF8.GetBytes(Udp));
        world.End();
        (world.Counts[LineKind.TooLong], world.Counts[LineKind.Flow], world.Counts.Total).ShouldBe((1, 1, 2));
    }

    [Fact]
    public void Lines_come_in_pieces_of_any_size()
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes($"{Udp}\r\n{Syn}\n{Udp}");
        for (var size = 1; size < bytes.Length; size++)
        {
            var world = new LogWorld();
            for (var from = 0; from < bytes.Length; from += size)
            {
                world.Feed(bytes.AsSpan(from, Math.Min(size, bytes.Length - from)));
            }

            world.End().Counts[LineKind.Flow].ShouldBe(3);
            (world.Table.Flows, world.Table.Repeats).ShouldBe((2, 1));
        }
    }

    [Fact]
    public void Reading_allocates_nothing()
    {
        var names = new LogNames();
        var flows = 0;
        var reader = new LogReader(names, new(), LogWorld.Now, (in Sighting _) => flows++);
        var bytes = System.Text.Encoding.UTF8.GetBytes($"Nov 26 04:36:25 gate kernel: {Udp}\nNov 26 04:36:26 gate kernel: {Syn}\n");
        for (var i = 0; i < 1000; i++)
        {
            reader.Feed(bytes); // the compiler is done with it, too
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            reader.Feed(bytes);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        flows.ShouldBe(4000);
    }
}
