namespace Postern.Firewalls.Rules;

/// <summary>What was asked for makes no sense for these applications: one sentence for whoever asked.</summary>
public sealed class PlanException : Exception
{
    public PlanException()
    {
    }

    public PlanException(string message)
        : base(message)
    {
    }

    public PlanException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
