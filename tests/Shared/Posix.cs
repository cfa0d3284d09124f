using System.Runtime.InteropServices;

namespace TinySaver.Tests;

/// <summary>What tests ask of the system that .NET has no call for.</summary>
internal static class Posix
{
    public const int SigHup = 1;
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigTerm = 15;

    private const uint ReadableAndWritable = 0x180;

    /// <summary>Signals a process, or a group of processes by the negative id of its first.</summary>
    public static void Signal(int process, int signal) => Assert.Equal(0, Kill(process, signal));

    /// <summary>Makes a named pipe.</summary>
    public static void MakePipe(string path) => Assert.Equal(0, MakeFifo(path, ReadableAndWritable));

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    [DllImport("libc", EntryPoint = "mkfifo", CharSet = CharSet.Ansi, BestFitMapping = false)]
    private static extern int MakeFifo(string path, uint mode);
}
