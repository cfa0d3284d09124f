namespace TinySaver.Inference.Tests;

/// <summary>A few cases of each kind of the fuzzer; the many are run by hand (tests/TinySaver.Fuzz).</summary>
public sealed class FuzzTests
{
    public static TheoryData<string> Kinds => [.. Fuzz.Program.Modes.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Fuzz_FewCasesOfEachKind_FindsNothing(string kind) => Assert.Equal(0, Fuzz.Program.Main([kind, "--count", "400", "--seed", "7"]));
}
