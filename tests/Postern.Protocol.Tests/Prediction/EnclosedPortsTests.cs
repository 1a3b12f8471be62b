using Postern.Protocol.Net;
using Postern.Protocol.Prediction;

namespace Postern.Tests.Prediction;

/// <summary>Which port lies between two answers.</summary>
public class EnclosedPortsTests
{
    [Theory]
    [InlineData(5000, 5002, 1, new[] { 5001 })]
    [InlineData(5000, 5003, 1, new[] { 5001, 5002 })]
    [InlineData(5000, 4998, -1, new[] { 4999 })]
    [InlineData(5000, 5004, 2, new[] { 5002 })]
    [InlineData(5000, 5001, 1, new int[0])] // the packet took no port: it was lost before the NAT, or had one already
    public void In_one_instant_the_punch_has_the_port_between(int before, int after, int step, int[] ports) =>
        EnclosedPorts.Between(At(before), At(after), step, isInstant: true).ShouldBe(ports);

    [Theory]
    [InlineData(65535, 1025, 1, new[] { 1024 })]   // round the end of the range: the one before the later answer
    [InlineData(65534, 1024, 1, new[] { 1023, 65535 })]
    [InlineData(30001, 65534, -1, new[] { 65535, 30000 })]
    public void Round_the_end_of_the_range_both_neighbours_are_named(int before, int after, int step, int[] ports) =>
        EnclosedPorts.Between(At(before), At(after), step, isInstant: true).ShouldBe(ports);

    [Fact]
    public void One_answer_is_enough_for_a_guess_and_none_for_nothing()
    {
        EnclosedPorts.Between(null, At(5002), 1, isInstant: true).ShouldBe([5001, 5000]);
        EnclosedPorts.Between(At(5000), null, 1, isInstant: true).ShouldBe([5001, 5002]);
        EnclosedPorts.Between(null, null, 1, isInstant: true).ShouldBeEmpty();
    }

    [Fact]
    public void A_question_of_long_ago_counts_for_less_than_the_one_behind() =>
        EnclosedPorts.Between(At(5000), At(5009), 1, isInstant: false).ShouldBe([5008, 5001]);

    private static Endpoint At(int port) => Endpoint.Parse($"198.51.100.1:{port}");
}
