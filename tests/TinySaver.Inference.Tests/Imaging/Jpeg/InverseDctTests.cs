using System.Runtime.Intrinsics.X86;
using TinySaver.Inference.Imaging.Jpeg;

namespace TinySaver.Inference.Tests.Imaging.Jpeg;

public sealed class InverseDctTests
{
    // Rows 0 and 4, 2 and 6, 1 and 5, 3 and 7, of each two the columns in turn.
    private static int Place(int row, int column) => (((row & 2) >> 1) * 16) + ((row & 1) * 32) + (column * 2) + (row >> 2);

    [Fact]
    public void Places_OfTheZigzagOrder_AreEachBlocksPlacesOnce()
    {
        // T.81, figure 5: along the diagonals, upwards first.
        int[] expected = [.. from diagonal in Enumerable.Range(0, 15) from step in Enumerable.Range(0, 8) let row = diagonal % 2 == 0 ? diagonal - step : step
            where row is >= 0 and < 8 && diagonal - row is >= 0 and < 8 orderby diagonal, diagonal % 2 == 0 ? -row : row select Place(row, diagonal - row)];
        Assert.Equal(expected, InverseDct.Places[..64].ToArray().Select(p => (int)p));
        Assert.Equal(Enumerable.Range(0, 64), expected.Order());
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(20, 64)]
    [InlineData(300, 64)]
    [InlineData(1_200, 64)]
    [InlineData(4_200, 2)]
    [InlineData(32_767, 1)]
    public void TryWrite_AnyCoefficients_EqualsLibjpegsFormulaInWideNumbersOrRefuses(int largest, int count)
    {
        Assert.SkipUnless(Avx2.IsSupported, "This processor has no AVX2.");
        var random = new Random(largest);
        (int written, int refused) = (0, 0);
        for (int round = 0; round < 3_000; round++)
        {
            long[,] values = new long[8, 8];
            short[] block = new short[64], factors = new short[64];
            for (int i = 0; i < 64; i++)
                factors[i] = (short)random.Next(1, 256);
            for (int i = 0; i < count; i++)
            {
                (int row, int column) = (random.Next(8), random.Next(8));
                short factor = factors[Place(row, column)] = (short)(largest == 32_767 ? random.Next(1, 256) : random.Next(1, Math.Min(256, largest + 1)));
                short coefficient = block[Place(row, column)] = (short)random.Next(-largest / (largest == 32_767 ? 1 : factor), (largest / (largest == 32_767 ? 1 : factor)) + 1);
                values[row, column] = coefficient * factor;
            }

            bool expected = Enumerable.Range(0, 8).All(c => Enumerable.Range(0, 8).Sum(r => Math.Abs(values[r, c])) <= 4_200);
            byte[] samples = new byte[8 * 11];
            Assert.Equal(expected, InverseDct.TryWrite(block, factors, samples, 11));
            (written, refused) = expected ? (written + 1, refused) : (written, refused + 1);
            byte[,] plain = Transformed(values);
            for (int i = 0; i < samples.Length; i++)
                Assert.Equal(expected && i % 11 < 8 ? plain[i / 11, i % 11] : 0, samples[i]);
        }

        Assert.True(written > 5 && (largest is < 1_200 or 4_200 || refused > 20), $"{written} written, {refused} refused");
    }

    // jidctint.c's two passes, sum by sum as the paper has them.
    private static byte[,] Transformed(long[,] values)
    {
        long[,] half = new long[8, 8];
        byte[,] samples = new byte[8, 8];
        for (int column = 0; column < 8; column++)
        {
            long[] pass = Pass([.. Enumerable.Range(0, 8).Select(row => values[row, column])], 11);
            for (int row = 0; row < 8; row++)
                half[row, column] = pass[row];
        }

        for (int row = 0; row < 8; row++)
        {
            long[] pass = Pass([.. Enumerable.Range(0, 8).Select(column => half[row, column])], 18);
            for (int column = 0; column < 8; column++)
                samples[row, column] = (byte)Math.Clamp((pass[column] << 54 >> 54) + 128, 0, 255);
        }

        return samples;
    }

    private static long[] Pass(long[] r, int shift)
    {
        long shared = (r[2] + r[6]) * 4433;
        (long even2, long even3) = (shared - (r[6] * 15137), shared + (r[2] * 6270));
        (long even0, long even1) = ((r[0] + r[4]) << 13, (r[0] - r[4]) << 13);
        long[] even = [even0 + even3, even1 + even2, even1 - even2, even0 - even3];
        (long z1, long z2, long z3, long z4) = ((r[7] + r[1]) * -7373, (r[5] + r[3]) * -20995, (r[7] + r[3]) * -16069, (r[5] + r[1]) * -3196);
        long z5 = (r[7] + r[3] + r[5] + r[1]) * 9633;
        long[] odd = [(r[1] * 12299) + z1 + z4 + z5, (r[3] * 25172) + z2 + z3 + z5, (r[5] * 16819) + z2 + z4 + z5, (r[7] * 2446) + z1 + z3 + z5];
        long round = 1L << (shift - 1);
        return [.. Enumerable.Range(0, 8).Select(i => i < 4 ? (even[i] + odd[i] + round) >> shift : (even[7 - i] - odd[7 - i] + round) >> shift)];
    }
}
