using Postern.Protocol.Net;
using Postern.Protocol.Turn;
using Postern.Tests.Kit;

namespace Postern.Tests.Turn;

public class PeerPolicyTests
{
    private static readonly string[] Refused =
    [
        "127.0.0.1", "127.255.255.255", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1",
        "100.64.0.1", "100.127.255.255", "100.100.100.200", "169.254.169.254", "169.254.0.1", "168.63.129.16", "192.0.0.8", "192.0.0.192",
        "192.0.2.1", "198.18.0.1", "198.19.255.255", "198.51.100.9", "203.0.113.9", "192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    ];

    private static readonly string[] Allowed =
        ["1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0",
         "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "168.63.129.15",
         "2600::1", "2a00:1450:4001::68", "2001:4860:4860::8888", "2003::1", "240e::1"];

    private static readonly string[] RefusedV6 =
        ["::", "::1", "::2", "fe80::1", "febf:ffff::1", "fec0::1", "feff::1", "fc00::1", "fd00:ec2::254", "fdff:ffff::1", "ff02::1", "ffff::1",
         "64:ff9b:1::1", "64:ff9b:1:ffff::8.8.8.8", "100::1", "2001:db8::1", "2001:2::1", "2001:10::1", "2001:2f:ffff::1", "3fff::1", "4000::1", "8000::1", "fe00::1",
         "2001:0:808:808::f7f7:f7f7", "::8.8.8.8", "::ffff:0:8.8.8.8"];

    [Fact]
    public void Reserved_addresses_are_refused_and_their_neighbours_are_not()
    {
        foreach (var text in Refused.Concat(RefusedV6))
        {
            PeerPolicy.Default.Allows(IpAddress.Parse(text)).ShouldBeFalse(text);
        }

        foreach (var text in Allowed)
        {
            PeerPolicy.Default.Allows(IpAddress.Parse(text)).ShouldBeTrue(text);
        }
    }

    [Fact]
    public void A_refused_ipv4_address_is_refused_in_every_written_form()
    {
        foreach (var text in Refused)
        {
            foreach (var (form, address) in FormsOf(IpAddress.Parse(text).V4))
            {
                PeerPolicy.Default.Allows(address).ShouldBeFalse($"{text} as {form}: {address}");
            }
        }
    }

    [Fact]
    public void An_allow_list_opens_an_address_as_it_is_written_and_no_back_door()
    {
        var laboratory = new PeerPolicy(allow: [IpPrefix.Parse("127.0.0.0/8")]);
        laboratory.Allows(IpAddress.Parse("127.0.0.1")).ShouldBeTrue();
        laboratory.Allows(IpAddress.Parse("::ffff:127.0.0.1")).ShouldBeTrue(); // the same address
        laboratory.Allows(IpAddress.Parse("10.0.0.1")).ShouldBeFalse();
        laboratory.Allows(IpAddress.Parse("::7f00:1")).ShouldBeFalse();

        var everyV6 = new PeerPolicy(allow: [IpPrefix.Parse("::/0")]);
        everyV6.Allows(IpAddress.Parse("fd00::1")).ShouldBeTrue();
        everyV6.Allows(IpAddress.Parse("64:ff9b::7f00:1")).ShouldBeFalse();
        everyV6.Allows(IpAddress.Parse("2002:a00:1::1")).ShouldBeFalse();
        everyV6.Allows(IpAddress.Parse("127.0.0.1")).ShouldBeFalse();
    }

    [Fact]
    public void Deny_beats_allow_and_own_addresses_are_refused()
    {
        var policy = new PeerPolicy(
            allow: [IpPrefix.Parse("10.0.0.0/8")], deny: [IpPrefix.Parse("10.1.0.0/16"), IpPrefix.Parse("8.8.8.0/24")], own: [IpAddress.Parse("5.5.5.5"), IpAddress.Parse("2600::5")]);
        policy.Allows(IpAddress.Parse("10.2.0.1")).ShouldBeTrue();
        policy.Allows(IpAddress.Parse("10.1.0.1")).ShouldBeFalse();
        policy.Allows(IpAddress.Parse("8.8.8.8")).ShouldBeFalse();
        policy.Allows(IpAddress.Parse("64:ff9b::8.8.8.8")).ShouldBeFalse();
        policy.Allows(IpAddress.Parse("5.5.5.5")).ShouldBeFalse();
        policy.Allows(IpAddress.Parse("2002:505:505::1")).ShouldBeFalse();
        policy.Allows(IpAddress.Parse("2600::5")).ShouldBeFalse();
        policy.WithOwn([]).Allows(IpAddress.Parse("5.5.5.5")).ShouldBeTrue();
    }

    [Fact]
    public void Ranges_agree_with_prefix_by_prefix_comparison_at_a_hundred_thousand_places()
    {
        var random = new SeededRandom(3);
        for (var round = 0; round < 100; round++)
        {
            var prefixes = Enumerable.Range(0, random.Next(1, 30)).Select(_ => DrawPrefix(random)).ToArray();
            var policy = new PeerPolicy(deny: prefixes, allow: [IpPrefix.Parse("::/0"), IpPrefix.Parse("0.0.0.0/0")]);
            for (var i = 0; i < 1000; i++)
            {
                var near = prefixes[random.Next(0, prefixes.Length)];
                var edge = random.Next(0, 2) == 0 ? near.First.Bits : near.Last.Bits;
                var address = new IpAddress(edge + (UInt128)random.Next(0, 3) - 1);
                var expected = !prefixes.Any(prefix => prefix.Contains(address));
                if (expected != policy.Allows(address))
                {
                    // only an embedded IPv4 address may make the difference
                    FormsOf(0).Any(form => form.Address.Bits >> 32 == address.Bits >> 32 || address.Bits >> 112 == 0x2002 || address.Bits >> 96 == 0x20010000)
                        .ShouldBeTrue($"{address} in {string.Join(' ', prefixes)}");
                }
            }
        }
    }

    [Fact]
    public void No_random_form_of_a_random_reserved_address_passes()
    {
        var random = new SeededRandom(4);
        var reserved = Refused.Select(text => IpAddress.Parse(text).V4 >> 16 << 16).Where(v4 => v4 >> 24 is 127 or 10 or 0 or 224 or 240 || v4 >> 16 == 0xC0A8).ToArray();
        for (var i = 0; i < 200_000; i++)
        {
            var v4 = reserved[random.Next(0, reserved.Length)] | (uint)random.Next(0, 65536);
            var forms = FormsOf(v4, random);
            var (form, address) = forms[random.Next(0, forms.Length)];
            if (PeerPolicy.Default.Allows(address))
            {
                Assert.Fail($"{IpAddress.FromV4(v4)} passes as {form}: {address}");
            }
        }
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0", "10.255.255.255")]
    [InlineData("0.0.0.0/0", "0.0.0.0", "255.255.255.255")]
    [InlineData("192.0.2.7", "192.0.2.7", "192.0.2.7")]
    [InlineData("fc00::/7", "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void A_prefix_reads_its_text(string text, string first, string last)
    {
        var prefix = IpPrefix.Parse(text);
        prefix.First.ShouldBe(IpAddress.Parse(first));
        prefix.Last.ShouldBe(IpAddress.Parse(last));
        prefix.Contains(prefix.First).ShouldBeTrue();
        prefix.Contains(prefix.Last).ShouldBeTrue();
        IpPrefix.Parse(prefix.ToString()).ShouldBe(prefix);
    }

    [Theory]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/")]
    [InlineData("::/129")]
    [InlineData("fd00::1/8")]
    [InlineData("nonsense/8")]
    [InlineData("")]
    public void A_malformed_prefix_is_refused(string text)
    {
        IpPrefix.TryParse(text, out _).ShouldBeFalse();
        Should.Throw<FormatException>(() => IpPrefix.Parse(text));
    }

    private static (string Form, IpAddress Address)[] FormsOf(uint v4, SeededRandom? random = null)
    {
        var noise = random is null ? 0 : ((UInt128)random.Next() << 64) | random.Next();
        var low48 = noise & (((UInt128)1 << 80) - 1);
        return
        [
            ("IPv4", IpAddress.FromV4(v4)),
            ("IPv4-mapped", new(((UInt128)0xFFFF << 32) | v4)),
            ("IPv4-compatible", new(v4)),
            ("IPv4-translated", new(((UInt128)0xFFFF_0000 << 32) | v4)),
            ("6to4", new(((UInt128)0x2002 << 112) | ((UInt128)v4 << 80) | low48)),
            ("NAT64", new(((UInt128)0x0064_FF9B << 96) | v4)),
            ("local NAT64", new(((UInt128)0x0064_FF9B_0001 << 80) | low48)),
            ("Teredo client", new(((UInt128)0x2001_0000 << 96) | ((UInt128)0x0808_0808 << 64) | ~v4)),
            ("Teredo server", new(((UInt128)0x2001_0000 << 96) | ((UInt128)v4 << 64) | (uint)noise)),
            ("ISATAP", new(((UInt128)0x2600_0000 << 96) | ((UInt128)0x0000_5EFE << 32) | v4)),
            ("ISATAP, global", new(((UInt128)0x2A00_1234 << 96) | ((UInt128)0x0200_5EFE << 32) | v4)),
        ];
    }

    private static IpPrefix DrawPrefix(SeededRandom random) =>
        random.Next(0, 2) == 0
            ? new(IpAddress.FromV4(random.NextUInt32()), random.Next(1, 33))
            : new(new(((UInt128)random.NextUInt64() << 64) | random.NextUInt64() | 1), random.Next(1, 129));
}
