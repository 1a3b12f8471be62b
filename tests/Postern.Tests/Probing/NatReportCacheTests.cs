using Postern.Drivers.Nat;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Tests.Switchboard;

namespace Postern.Tests.Probing;

/// <summary>What was measured of a network is known when somebody comes back to it.</summary>
public sealed class NatReportCacheTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly TemporaryFolder _folder = new();

    private NatReportCache Cache => new(_folder.Path);

    private string File => Path.Combine(_folder.Path, NatReportCache.FileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_report_is_found_by_its_network_until_it_is_too_old()
    {
        Cache.Keep([Report(1), Report(2)], Now);
        Cache.Find(Report(2).Identity, Day, Now + TimeSpan.FromHours(23))!.Value.Report.Mapped.ShouldBe(Report(2).Mapped);
        Cache.Find(Report(2).Identity, Day, Now + TimeSpan.FromHours(23))!.Value.MeasuredAt.ShouldBe(Now);
        Cache.Find(Report(3).Identity, Day, Now).ShouldBeNull();
        Cache.Find(Report(2).Identity, Day, Now + Day).ShouldBeNull();
        Cache.Find(Report(2).Identity, Day, Now - TimeSpan.FromMinutes(1)).ShouldBeNull("it comes from the future");
    }

    [Fact]
    public void The_latest_sixteen_networks_are_kept_each_once()
    {
        for (var network = 1; network <= 30; network++)
        {
            Cache.Keep([Report(network)], Now + TimeSpan.FromMinutes(network));
            Cache.Keep([Report(network)], Now + TimeSpan.FromMinutes(network));
        }

        Enumerable.Range(1, 30).Where(network => Cache.Find(Report(network).Identity, Day, Now + TimeSpan.FromHours(1)) is not null)
            .ShouldBe(Enumerable.Range(15, NatReportCache.MostReports));
        System.IO.File.GetUnixFileMode(File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_network_that_let_nothing_through_is_measured_again()
    {
        Cache.Keep([Report(1) with { UdpBlocked = true }, Report(2) with { Mapped = Endpoint.None }], Now);
        System.IO.File.Exists(File).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("[{")]
    [InlineData("{}")]
    [InlineData("""[1, {"measuredAt": 5}, {"measuredAt": "2026-03-01T12:00:00Z", "report": {"family": 99}}]""")]
    public void A_file_that_makes_no_sense_is_no_file(string text)
    {
        System.IO.File.WriteAllText(File, text);
        Cache.Find(Report(1).Identity, Day, Now).ShouldBeNull();
        Cache.Keep([Report(1)], Now);
        Cache.Find(Report(1).Identity, Day, Now).ShouldNotBeNull();
    }

    private static NatReport Report(int network)
    {
        var (local, mapped) = (IpAddress.Parse("192.168.1.2"), IpAddress.FromV4(0xCB007100u + (uint)network));
        return new()
        {
            Family = IpFamily.V4,
            Local = new(local, 5000),
            Mapped = new(mapped, 6000),
            IsTranslated = true,
            Identity = NatReport.IdentityOf("", IpFamily.V4, local, mapped),
        };
    }
}
