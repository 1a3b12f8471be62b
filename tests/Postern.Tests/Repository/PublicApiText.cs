using System.Reflection;
using System.Runtime.CompilerServices;

namespace Postern.Tests.Repository;

/// <summary>What an assembly promises its users, one line a member, in an order that does not depend on the sources' order.</summary>
internal static class PublicApiText
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    // What the compiler writes into records, and what every object has.
    private static readonly string[] Unsaid = ["Equals", "GetHashCode", "ToString", "Deconstruct", "op_Equality", "op_Inequality", "PrintMembers", "EqualityContract"];

    public static string Of(Assembly assembly) => Of(assembly.GetExportedTypes());

    public static string Of(params Type[] types) => string.Concat(types.OrderBy(type => type.FullName, StringComparer.Ordinal).Select(Describe));

    private static string Describe(Type type)
    {
        var bases = new[] { type.BaseType }.OfType<Type>().Where(parent => parent.Namespace != "System" || parent == typeof(Exception))
            .Concat(type.GetInterfaces().Where(face => !face.Name.StartsWith("IEquatable", StringComparison.Ordinal)).OrderBy(face => face.Name, StringComparer.Ordinal))
            .Select(parent => TypeName.Of(parent)).ToArray();
        var head = $"{type.Namespace}: {Kind(type)} {TypeName.Of(type)}{(bases.Length == 0 || type.IsEnum ? "" : " : " + string.Join(", ", bases))}\n";
        var members = type.IsEnum ? Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name))}")
            : IsDelegate(type) ? [Method(type.GetMethod("Invoke")!)]
            : type.GetMembers(Declared).Select(Describe).OfType<string>().Order(StringComparer.Ordinal);
        return head + string.Concat(members.Select(member => $"    {member}\n"));
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "enum"
        : IsDelegate(type) ? "delegate"
        : type.IsInterface ? "interface"
        : type.IsValueType ? $"{(type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly " : "")}{(type.IsByRefLike ? "ref " : "")}struct"
        : $"{(type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")}class";

    private static string? Describe(MemberInfo member) => Unsaid.Contains(member.Name) || member.Name.Contains('<') ? null : member switch
    {
        ConstructorInfo constructor when Seen(constructor) => $"{Access(constructor)}new({Parameters(constructor)})",
        MethodInfo method when Seen(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal)) => Method(method),
        PropertyInfo property when Accessors(property) is { Length: > 0 } accessors =>
            $"{Access(property.GetAccessors(true)[0])}{TypeName.Of(property.PropertyType, Nullability.Create(property))} {property.Name}{Index(property)} {{ {accessors}}}",
        FieldInfo { IsLiteral: true, IsPublic: true } constant => $"const {TypeName.Of(constant.FieldType)} {constant.Name} = {constant.GetRawConstantValue()}",
        FieldInfo { IsPublic: true } field => $"{(field.IsStatic ? "static " : "")}{TypeName.Of(field.FieldType, Nullability.Create(field))} {field.Name}",
        EventInfo happening when happening.AddMethod is { } add && Seen(add) => $"{Access(add)}event {TypeName.Of(happening.EventHandlerType!)} {happening.Name}",
        _ => null,
    };

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";
        return $"{Access(method)}{TypeName.Of(method.ReturnType, Nullability.Create(method.ReturnParameter))} {method.Name}{generic}({Parameters(method)})";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var way = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref " : parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        var value = parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "";
        return $"{way}{TypeName.Of(parameter.ParameterType, Nullability.Create(parameter))} {parameter.Name}{value}";
    }

    private static string Index(PropertyInfo property) =>
        property.GetIndexParameters() is { Length: > 0 } indices ? $"[{string.Join(", ", indices.Select(Parameter))}]" : "";

    private static string Accessors(PropertyInfo property)
    {
        var get = property.GetMethod is { } getter && Seen(getter) ? "get; " : "";
        var set = property.SetMethod is { } setter && Seen(setter)
            ? setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; "
            : "";
        return get + set;
    }

    private static bool Seen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Access(MethodBase method) => (method.IsPublic ? "" : "protected ") + (method is { IsStatic: true, IsConstructor: false } ? "static " : "");

    private static bool IsDelegate(Type type) => type.IsSubclassOf(typeof(Delegate));
}
