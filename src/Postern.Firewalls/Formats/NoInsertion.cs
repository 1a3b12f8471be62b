namespace Postern.Firewalls.Formats;

/// <summary>For formats that have no chains.</summary>
internal static class NoInsertion
{
    /// <summary>Throws <see cref="FormatException"/> with a sentence for the user where a chain was named.</summary>
    public static void Check(FormatOptions options, string why)
    {
        if (options.Into is not null)
        {
            throw new FormatException($"there is no such place here: {why}.");
        }
    }
}
