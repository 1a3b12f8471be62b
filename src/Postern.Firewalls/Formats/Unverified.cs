namespace Postern.Firewalls.Formats;

/// <summary>What stands at the head of outputs that no test of ours has given to the real tool.</summary>
internal static class Unverified
{
    public const string Line = "Not verified by the tool: written after its documentation. Look through it, and let the tool check it, before it is loaded.";
}
