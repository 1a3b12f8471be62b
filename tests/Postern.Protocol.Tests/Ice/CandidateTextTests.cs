using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Ice;

[Collection(nameof(Alone))]
public class CandidateTextTests
{
    [Theory]
    [InlineData("candidate:1 1 udp 2130706431 192.0.2.1 4711 typ host", CandidateType.Host, "192.0.2.1:4711", 2130706431u)]
    [InlineData("a=candidate:1 1 UDP 2130706431 203.0.113.141 8998 typ host\r\n", CandidateType.Host, "203.0.113.141:8998", 2130706431u)]
    [InlineData("candidate:2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998", CandidateType.ServerReflexive, "192.0.2.3:45664", 1694498815u)]
    [InlineData("candidate:842163049 1 udp 1677729535 198.51.100.7 54321 typ srflx raddr 0.0.0.0 rport 0 generation 0 ufrag sBnD network-id 1 network-cost 50", CandidateType.ServerReflexive, "198.51.100.7:54321", 1677729535u)]
    [InlineData("candidate:3 1 udp 41885439 198.51.100.9 61000 typ relay raddr 192.0.2.3 rport 45664", CandidateType.Relayed, "198.51.100.9:61000", 41885439u)]
    [InlineData("candidate:4 1 udp 1862270975 192.0.2.9 1000 typ prflx raddr 10.0.0.1 rport 1000", CandidateType.PeerReflexive, "192.0.2.9:1000", 1862270975u)]
    [InlineData("candidate:5 1 udp 2122262783 2001:db8::1 5000 typ host generation 0", CandidateType.Host, "[2001:db8::1]:5000", 2122262783u)]
    [InlineData("5 1 udp 2122262783 fe80::1 5000 typ host tcptype passive", CandidateType.Host, "[fe80::1]:5000", 2122262783u)]
    public void A_candidate_is_read_with_or_without_its_extensions(string text, CandidateType type, string address, uint priority)
    {
        CandidateText.TryParse(text, out var candidate).ShouldBe(CandidateTextError.None);
        candidate!.Type.ShouldBe(type);
        candidate.Address.ShouldBe(Endpoint.Parse(address));
        candidate.Priority.ShouldBe(priority);
    }

    [Theory]
    [InlineData("candidate:1 2 udp 2130706430 192.0.2.1 4712 typ host", CandidateTextError.OtherComponent)]
    [InlineData("candidate:1 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active", CandidateTextError.OtherTransport)]
    [InlineData("candidate:1 1 ssltcp 1518280447 192.0.2.1 443 typ host", CandidateTextError.OtherTransport)]
    [InlineData("candidate:1 1 udp 2113937151 1f4712db-ea17-4bcf-a596-105139dfd8bf.local 54596 typ host generation 0 network-cost 999", CandidateTextError.Name)]
    [InlineData("candidate:1 1 udp 2113937151 host.example.com 54596 typ host", CandidateTextError.Name)]
    [InlineData("candidate:1 1 udp 2113937151 192.0.2.1 54596 typ mapped", CandidateTextError.OtherType)]
    [InlineData("", CandidateTextError.Malformed)]
    [InlineData("candidate:", CandidateTextError.Malformed)]
    [InlineData("candidate:1 1 udp", CandidateTextError.Malformed)]
    [InlineData("candidate:1 0 udp 1 192.0.2.1 1 typ host", CandidateTextError.Malformed)]
    [InlineData("candidate:1 1 udp 0 192.0.2.1 1 typ host", CandidateTextError.Malformed)]
    [InlineData("candidate:1 1 udp 2147483648 192.0.2.1 1 typ host", CandidateTextError.Malformed)]
    [InlineData("candidate:1 1 udp 4294967296 192.0.2.1 1 typ host", CandidateTextError.Malformed)]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 0 typ host", CandidateTextError.Malformed)]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 65536 typ host", CandidateTextError.Malformed)]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 -5 typ host", CandidateTextError.Malformed)]
    [InlineData("candidate:1  1 udp 1 192.0.2.1 1 typ host", CandidateTextError.Malformed)]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 1 type host", CandidateTextError.Malformed)]
    [InlineData("candidate:123456789012345678901234567890123 1 udp 1 192.0.2.1 1 typ host", CandidateTextError.Malformed)]
    [InlineData("candidate:1 1 udp 1 1:2:3 1 typ host", CandidateTextError.Malformed)]
    public void What_is_no_candidate_of_ours_is_named_and_passed_over(string text, CandidateTextError error)
    {
        CandidateText.TryParse(text, out var candidate).ShouldBe(error);
        candidate.ShouldBeNull();
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var host = Endpoint.Parse("10.0.0.1:5000");
        var server = IpAddress.Parse("198.51.100.1");
        foreach (var candidate in new[]
        {
            Candidate.Host(host, 7),
            Candidate.ServerReflexive(Endpoint.Parse("203.0.113.1:5000"), host, server, 7) with { UsernameFragment = "abcd" },
            Candidate.Relayed(Endpoint.Parse("[2001:db8::9]:50000"), host, server, 7),
        })
        {
            CandidateText.TryParse(CandidateText.Format(candidate), out var read).ShouldBe(CandidateTextError.None);
            var related = candidate.Type == CandidateType.Host ? Endpoint.None : candidate.Related;
            read.ShouldBe(candidate with { Base = Endpoint.None, Related = related });
        }

        CandidateText.Format(Candidate.Host(host, 65535)).ShouldMatch("^candidate:[0-9]+ 1 udp 2130706431 10.0.0.1 5000 typ host$");
    }

    [Fact]
    public void Foundations_are_equal_for_one_type_base_and_server_only()
    {
        var one = Endpoint.Parse("10.0.0.1:5000");
        var two = Endpoint.Parse("10.0.0.1:5001");
        var other = Endpoint.Parse("10.0.0.2:5000");
        var server = IpAddress.Parse("198.51.100.1");
        var mapped = Endpoint.Parse("203.0.113.1:1");
        Candidate.Host(one, 1).Foundation.ShouldBe(Candidate.Host(two, 2).Foundation);
        string[] all =
        [
            Candidate.Host(one, 1).Foundation,
            Candidate.Host(other, 1).Foundation,
            Candidate.ServerReflexive(mapped, one, server, 1).Foundation,
            Candidate.ServerReflexive(mapped, one, IpAddress.Parse("198.51.100.2"), 1).Foundation,
            Candidate.Relayed(mapped, one, server, 1).Foundation,
        ];
        all.Distinct().Count().ShouldBe(all.Length);
    }

    [Fact]
    public void A_million_mutated_lines_are_read_without_an_exception()
    {
        var read = 0;
        FuzzRun.Run("ice-candidate", bytes =>
        {
            Span<char> text = stackalloc char[bytes.Length];
            for (var i = 0; i < bytes.Length; i++)
            {
                text[i] = (char)bytes[i];
            }

            if (CandidateText.TryParse(text, out var candidate) == CandidateTextError.None)
            {
                CandidateText.TryParse(CandidateText.Format(candidate!), out var again).ShouldBe(CandidateTextError.None);
                again!.Address.ShouldBe(candidate!.Address);
                read++;
            }
        }, maximumLength: 400);
        read.ShouldBeGreaterThan(10_000);
    }
}
