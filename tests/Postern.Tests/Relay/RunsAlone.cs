namespace Postern.Tests.Relay;

/// <summary>For tests that measure the whole process: nothing else runs beside them.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
