using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using MtSockets.Edge.Protocol;

namespace MtSockets.Edge.Tests.Protocol;

/// <summary>What must hold for every frame, whatever is in it.</summary>
public sealed class FrameParserProperties
{
    [Fact]
    public void TryParse_OfAnyJsonBody_KeepsItByteForByte() =>
        Prop.ForAll(JsonBodies.ToArbitrary(), body =>
        {
            var frame = ParsedFrame.Of($$"""{"to":"bob","body":{{body}}}""");
            return frame.Ok && frame.Body == body.Trim(' ', '\t', '\r', '\n');
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryParse_OfAnyRecipient_UnescapesItOnce() =>
        Prop.ForAll(Texts.Where(text => text.Length > 0).ToArbitrary(), to =>
        {
            var frame = ParsedFrame.Of($$"""{"body":0,"to":{{JsonSerializer.Serialize(to)}}}""");
            return frame.Ok && frame.To == to;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void WriteMessage_OfWhatWasParsed_IsJsonWithTheSamePartsInOrder() =>
        Prop.ForAll(Texts.Where(text => text.Length > 0).ToArbitrary(), JsonBodies.ToArbitrary(), (to, body) =>
        {
            var parsed = FrameParser.TryParse(
                Encoding.UTF8.GetBytes($$"""{"to":{{JsonSerializer.Serialize(to)}},"body":{{body}}}"""), out var frame, out _);
            var output = new ArrayBufferWriter<byte>();
            FrameWriter.WriteMessage(output, FrameWriter.Prefix("al\"ice"), frame.To, frame.Body);

            using var document = JsonDocument.Parse(output.WrittenMemory);
            var keys = document.RootElement.EnumerateObject().Select(property => property.Name);
            return parsed && keys.SequenceEqual(["from", "to", "body"])
                && document.RootElement.GetProperty("from").GetString() == "al\"ice"
                && document.RootElement.GetProperty("to").GetString() == to
                && document.RootElement.GetProperty("body").GetRawText() == body.Trim(' ', '\t', '\r', '\n');
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryParse_OfAnyBytes_NeverThrows() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            foreach (var dialect in Enum.GetValues<Dialect>())
            {
                var frame = ParsedFrame.Of(bytes, dialect);
                if (!frame.Ok && string.IsNullOrEmpty(frame.Fault.Message))
                    return false;
            }

            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryParse_OfAGoodFrameWithOneByteChanged_NeverThrows() =>
        Prop.ForAll(
            JsonBodies.ToArbitrary(), ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<byte>(),
            (body, place, value) =>
            {
                var bytes = Encoding.UTF8.GetBytes($$"""{"to":"bob","id":"c-17","body":{{body}},"op":"confirm","seq":4}""");
                bytes[(int)((uint)place % bytes.Length)] = value;
                _ = ParsedFrame.Of(bytes, Dialect.V1);
                return true;
            }).QuickCheckThrowOnFailure();

    // Whole characters only: a lone surrogate has no UTF-8.
    private static Gen<string> Texts { get; } =
        Gen.OneOf(Gen.Choose(0x20, 0x7E), Gen.Choose(0, 0xD7FF), Gen.Choose(0xE000, 0x10FFFF))
            .Select(char.ConvertFromUtf32)
            .ListOf()
            .Select(characters => string.Concat(characters));

    private static Gen<string> Scalars { get; } = Gen.OneOf(
        Gen.Elements("null", "true", "false", "0", "-0", "1e-7", "123456789012345678901234567890", "\"\"", "\"\\u0000\\ud83e\\udd8a\\/\""),
        ArbMap.Default.ArbFor<int>().Generator.Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Texts.Select(text => JsonSerializer.Serialize(text)),
        Texts.Select(Raw));

    private static Gen<string> JsonBodies { get; } = Gen.Sized(size => Json(Math.Min(size, 20)));

    private static Gen<string> Json(int size)
    {
        if (size <= 1)
            return Scalars;
        var inner = Json(size / 3);
        return Gen.OneOf(
            Scalars,
            inner.Select(value => $" {value}\t"),
            inner.ListOf().Select(items => "[" + string.Join(" , ", items) + "]"),
            Texts.Zip(inner).ListOf().Select(pairs =>
                "{" + string.Join(",\n", pairs.Select(pair => $"{JsonSerializer.Serialize(pair.Item1)}: {pair.Item2}")) + "}"));
    }

    /// <summary>Without escapes wherever JSON allows that.</summary>
    private static string Raw(string text) =>
        "\"" + string.Concat(text.Select(c => c is '"' or '\\' ? "\\" + c : c < ' ' ? $"\\u{(int)c:x4}" : c.ToString())) + "\"";
}
