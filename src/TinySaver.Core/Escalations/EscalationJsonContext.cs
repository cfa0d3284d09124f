using System.Text.Json.Serialization;

namespace TinySaver.Core.Escalations;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(Escalation))]
internal sealed partial class EscalationJsonContext : JsonSerializerContext;
