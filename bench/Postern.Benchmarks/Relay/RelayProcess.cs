namespace Postern.Benchmarks.Relay;
internal static class RelayProcess { public const string Command = "serve-relay"; public static Task ServeAsync(ushort port) => Task.CompletedTask; }
internal static class RelayBench { public static void Run() {} }
