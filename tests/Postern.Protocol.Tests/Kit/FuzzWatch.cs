namespace Postern.Tests.Kit;

/// <summary>Notices a case that does not end: an endless loop would otherwise hang the run without a word.</summary>
internal sealed class FuzzWatch : IDisposable
{
    private readonly Action<string> _stuck;
    private readonly Timer _timer;
    private byte[] _buffer = [];
    private int _length;
    private long _begun;
    private long _seen;

    /// <param name="patience">A case that is still the same after this long, or twice as long at most, is stuck.</param>
    /// <param name="stuck">Gets its bytes in hexadecimal.</param>
    public FuzzWatch(TimeSpan patience, Action<string> stuck)
    {
        _stuck = stuck;
        _timer = new(_ => Look(), null, patience, patience);
    }

    /// <summary>A loop cannot be stopped from outside, a process can.</summary>
    public static void EndProcess(string bytes) => Environment.FailFast($"Does not end on {bytes}");

    public void Begin(byte[] buffer, int length)
    {
        (_buffer, _length) = (buffer, length);
        Volatile.Write(ref _begun, _begun + 1);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var begun = Volatile.Read(ref _begun);
        if (begun != 0 && begun == _seen)
        {
            _stuck(Convert.ToHexString(_buffer, 0, _length));
        }

        _seen = begun;
    }
}
