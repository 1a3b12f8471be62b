using System.Reflection;

namespace Postern.Tests.Repository;

/// <summary>Nobody changes what users build on without seeing it in the change.</summary>
public class PublicApiTests
{
    private const string Approved = "tests/Postern.Tests/Repository/PublicApi.approved.txt";

    [Fact]
    public void The_public_API_of_the_library_is_the_approved_one()
    {
        var now = PublicApiText.Of(Assembly.Load("Postern"));
        if (Environment.GetEnvironmentVariable("POSTERN_APPROVE") == "1")
        {
            File.WriteAllText(Path.Combine(Checkout.Root, Approved), now);
        }

        var approved = Checkout.Has(Approved) ? Checkout.Read(Approved) : "";
        var added = now.Split('\n').Except(approved.Split('\n')).Select(line => $"+ {line}");
        var removed = approved.Split('\n').Except(now.Split('\n')).Select(line => $"- {line}");
        (now == approved).ShouldBeTrue(
            $"The public API is no longer what {Approved} says. If that is meant: POSTERN_APPROVE=1 ./test unit\n{string.Join('\n', removed.Concat(added))}");
    }

    [Fact]
    public void The_text_shows_what_a_user_sees() => PublicApiText.Of(typeof(PublicApiSample)).ShouldBe(
        """
        Postern.Tests.Repository: abstract class PublicApiSample : IDisposable
            Dictionary<string, int?>? Kept { get; init; }
            const int Answer = 42
            event EventHandler Happened
            protected new(string name, int count = 3)
            protected void Inherited()
            static bool TryFind<T>(ReadOnlySpan<byte> bytes, out T found)
            void Dispose()

        """);
}
