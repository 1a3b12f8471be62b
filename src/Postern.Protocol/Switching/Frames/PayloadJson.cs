using System.Text.Json.Serialization;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Protocol.Switching.Frames;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Metadata,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(SessionDescription))]
[JsonSerializable(typeof(SignalPayload.Candidate))]
[JsonSerializable(typeof(SignalPayload.EndOfCandidates))]
[JsonSerializable(typeof(SignalPayload.Bye))]
[JsonSerializable(typeof(SignalPayload.Ports))]
internal sealed partial class PayloadJson : JsonSerializerContext;
