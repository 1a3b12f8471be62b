namespace Postern.Tests.Repository;

/// <summary>Something of everything, for the test of <see cref="PublicApiText"/>.</summary>
public abstract class PublicApiSample(string name, int count = 3) : IDisposable
{
    public const int Answer = 42;

    public event EventHandler? Happened;

    public Dictionary<string, int?>? Kept { get; init; }

    internal string Hidden => name + count;

    public static bool TryFind<T>(ReadOnlySpan<byte> bytes, out T found)
        where T : struct
    {
        found = default;
        return bytes.IsEmpty;
    }

    public void Dispose()
    {
        Happened?.Invoke(this, EventArgs.Empty);
        GC.SuppressFinalize(this);
    }

    protected void Inherited() => HiddenToo();

    private void HiddenToo() => Happened = null;
}
