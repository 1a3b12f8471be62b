using System.Text.Json.Serialization;
using Postern.Cli.Profiles;
using Postern.Protocol.Nat;
using Postern.Sessions.Calls;

namespace Postern.Cli;

/// <summary>The JSON that the command line reads and writes, without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Profile))]
[JsonSerializable(typeof(ConnectReport))]
[JsonSerializable(typeof(NatReport))]
[JsonSerializable(typeof(SortedDictionary<string, string>))]
internal sealed partial class CliJson : JsonSerializerContext;
