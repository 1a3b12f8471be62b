using System.Reflection;
using System.Text;
using Postern.Protocol.Stun;

namespace Postern.Tests.Stun;

/// <summary>Our names and numbers against the IANA registry as it stands in tests/vectors/stun.</summary>
public class RegistryTests
{
    private static readonly StunAttributeType[] Unregistered = [StunAttributeType.Nomination, StunAttributeType.SecondPort];

    [Fact]
    public void Every_method_has_its_registered_number() =>
        Compare(Enum.GetValues<StunMethod>().Select(m => ($"{m}", (int)m)), Vectors.Registry("methods"));

    [Fact]
    public void Every_attribute_has_its_registered_number() =>
        Compare(Enum.GetValues<StunAttributeType>().Except(Unregistered).Select(a => ($"{a}", (int)a)), Vectors.Registry("attributes"));

    [Fact]
    public void Every_attribute_of_an_RFC_that_the_registry_lists_has_a_name_here()
    {
        string[] foreign = ["ECN-CHECK STUN"]; // RFC 6679: RTP only
        var missing = Vectors.Registry("attributes")
            .Where(a => a.Reference.StartsWith("RFC", StringComparison.Ordinal) && !a.Name.StartsWith("Reserved", StringComparison.Ordinal) && !foreign.Contains(a.Name))
            .Where(a => !Enum.IsDefined((StunAttributeType)a.Value));
        missing.ShouldBeEmpty();
    }

    [Fact]
    public void The_two_unregistered_attributes_are_comprehension_optional_and_one_is_known_to_collide()
    {
        Unregistered.ShouldAllBe(a => (int)a >= 0xC000);
        Vectors.Registry("attributes").Where(a => Unregistered.Contains((StunAttributeType)a.Value)).Select(a => a.Name).ShouldBe(["ENF-FLOW-DESCRIPTION"]);
    }

    [Fact]
    public void Every_error_code_has_its_registered_number_and_phrase()
    {
        var registry = Vectors.Registry("error-codes");
        var ours = typeof(StunErrorCode).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (f.Name, (int)f.GetRawConstantValue()!)).ToArray();
        Compare(ours, registry);
        ours.Length.ShouldBe(registry.Length);
        foreach (var (value, name, _) in registry)
        {
            Encoding.UTF8.GetString(StunErrorCode.Reason(value)).ShouldBe(name);
        }
    }

    private static void Compare(IEnumerable<(string Name, int Value)> ours, (int Value, string Name, string Reference)[] registry)
    {
        var byValue = registry.ToDictionary(r => r.Value, r => Bare(r.Name));
        foreach (var (name, value) in ours)
        {
            byValue.GetValueOrDefault(value).ShouldBe(Bare(name));
        }
    }

    // "Reserved; was CHANGED-ADDRESS" is ChangedAddress.
    private static string Bare(string name) =>
        string.Concat(name.Replace("Reserved; was ", "", StringComparison.Ordinal).Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
