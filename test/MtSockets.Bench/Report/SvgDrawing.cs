using System.Globalization;
using System.Net;
using System.Text;

namespace MtSockets.Bench.Report;

/// <summary>The few shapes the picture is made of.</summary>
internal sealed class SvgDrawing
{
    public const int RowHeight = 20;

    private const int BarHeight = 14;
    private const int LeastBar = 1;

    private readonly StringBuilder _shapes = new();

    /// <param name="x">Left edge.</param>
    /// <param name="y">Upper edge of its row.</param>
    /// <param name="width">So little as to be invisible is drawn as a line.</param>
    /// <param name="colour">Any that CSS knows.</param>
    public void Bar(double x, int y, double width, string colour) =>
        _shapes.AppendLine($"<rect x='{Fixed(x)}' y='{y}' width='{Fixed(Math.Max(width, LeastBar))}' height='{BarHeight}' fill='{colour}'/>");

    /// <summary>From the lowest to the highest round, across a bar.</summary>
    public void Whisker(double low, double high, int y)
    {
        var middle = y + BarHeight / 2;
        _shapes.AppendLine(
            $"<path d='M{Fixed(low)} {middle}H{Fixed(high)}M{Fixed(low)} {middle - 3}v6M{Fixed(high)} {middle - 3}v6' stroke='#222' fill='none'/>");
    }

    public void Label(double x, int y, string text, string more = "") => Text(x, y + BarHeight - 3, text, more);

    public void Text(double x, int y, string text, string more = "") =>
        _shapes.AppendLine($"<text x='{Fixed(x)}' y='{y}' {more}>{WebUtility.HtmlEncode(text)}</text>");

    public void Title(double x, int y, string text) => Text(x, y, text, "font-size='15' font-weight='bold'");

    public string Finish(int width, int height) =>
        $"""
         <svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' font-family='system-ui, sans-serif' font-size='12'>
         <rect width='{width}' height='{height}' fill='#fff'/>
         {_shapes}</svg>

         """;

    private static string Fixed(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
