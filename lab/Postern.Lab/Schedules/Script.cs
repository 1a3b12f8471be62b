using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Net;

namespace Postern.Lab.Schedules;

/// <summary>A program that does one thing after another and says how long it waits in between.</summary>
internal sealed class Script(World world, IEnumerable<Pause> steps) : IProgram
{
    private readonly IEnumerator<Pause> _steps = steps.GetEnumerator();
    private Func<bool>? _until;

    public Instant NextDeadline { get; private set; } = world.Now;

    public bool IsOver { get; private set; }

    public void HandleDeadline(Instant now)
    {
        IsOver = !_steps.MoveNext();
        (NextDeadline, _until) = IsOver ? (Instant.Never, null) : (now + _steps.Current.AtMost, _steps.Current.Until);
        Look();
    }

    /// <summary>Something has happened: perhaps it is what the script waits for.</summary>
    public void Look()
    {
        if (_until?.Invoke() == true)
        {
            NextDeadline = world.Now;
        }
    }
}
