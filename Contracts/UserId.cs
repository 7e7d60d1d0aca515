using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MtSockets.Contracts;

/// <summary>The one rule of what may be a user id (and, by the same measure, a server id).</summary>
public static class UserId
{
    /// <summary>Longest id, in Unicode characters.</summary>
    public const int MaxLength = 128;

    /// <summary>Says why <paramref name="value"/> cannot be a user id, or returns <see langword="true"/>.</summary>
    public static bool IsValid(ReadOnlySpan<char> value, [NotNullWhen(false)] out string? reason)
    {
        reason = Complaint(value);
        return reason is null;
    }

    private static string? Complaint(ReadOnlySpan<char> value)
    {
        if (value.IsEmpty)
            return "must not be empty";

        // A character outside of the basic plane takes two chars: count exactly only where that can matter.
        if (value.Length > 2 * MaxLength || (value.Length > MaxLength && CountRunes(value) > MaxLength))
            return string.Create(CultureInfo.InvariantCulture, $"must have at most {MaxLength} characters");

        // Runes would hide it: they show half of a surrogate pair as the replacement character.
        for (var i = 0; i < value.Length; i++)
        {
            if (char.IsControl(value[i]))
                return "must not contain control characters";
            if (!char.IsSurrogate(value[i]))
                continue;
            if (i + 1 == value.Length || !char.IsSurrogatePair(value[i], value[i + 1]))
                return "must not contain half of a surrogate pair";
            i++;
        }

        return null;
    }

    private static int CountRunes(ReadOnlySpan<char> value)
    {
        var count = 0;
        foreach (var _ in value.EnumerateRunes())
            count++;
        return count;
    }
}
