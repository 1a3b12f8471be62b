namespace Postern.Lab.Namespaces;

/// <summary>Why the laboratory cannot do what was asked, in one sentence for whoever asked.</summary>
public sealed class LabException : Exception
{
    public LabException(string message)
        : base(message)
    {
    }

    public LabException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
