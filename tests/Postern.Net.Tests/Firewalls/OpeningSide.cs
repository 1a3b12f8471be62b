namespace Postern.Net.Tests.Firewalls;

/// <summary>Whose side a line opens.</summary>
internal enum OpeningSide
{
    /// <summary>Towards whoever serves.</summary>
    Server,

    /// <summary>Back towards the client.</summary>
    Client,

    /// <summary>The package does not say whose host it is.</summary>
    Either,
}
