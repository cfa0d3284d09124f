using TinySaver.Core.Failures;

namespace TinySaver.Pipeline.Tables;

/// <summary>A small table as read from a CSV or Parquet file: every cell as text, null where it is absent.</summary>
/// <param name="Source">The file's path, for messages.</param>
/// <param name="Columns">The column names, in file order.</param>
/// <param name="Rows">The rows, each with one cell a column.</param>
internal sealed record Table(string Source, IReadOnlyList<string> Columns, IReadOnlyList<string?[]> Rows)
{
    /// <summary>The index of a column, or −1. Case and surrounding blanks do not matter.</summary>
    public int Find(string column)
    {
        for (int i = 0; i < Columns.Count; i++)
        {
            if (Columns[i].Trim().Equals(column, StringComparison.OrdinalIgnoreCase))
                return i;
        }

        return -1;
    }

    /// <summary>The index of a column that must be there.</summary>
    /// <exception cref="TinySaverException">There is none of that name; the message lists what there is.</exception>
    public int Require(string column) => Find(column) is >= 0 and int index
        ? index
        : throw new TinySaverException($"{Source}: the column '{column}' is missing; the columns are {string.Join(", ", Columns)}.");
}
