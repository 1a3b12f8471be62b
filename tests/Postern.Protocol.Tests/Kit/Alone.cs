namespace Postern.Tests.Kit;

/// <summary>Tests that measure the memory of the whole process, and so run while no other does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public static class Alone;
