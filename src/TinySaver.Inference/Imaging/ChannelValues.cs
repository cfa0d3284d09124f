namespace TinySaver.Inference.Imaging;

/// <summary>One number for each of the colour channels.</summary>
/// <param name="Red">The red channel's.</param>
/// <param name="Green">The green channel's.</param>
/// <param name="Blue">The blue channel's.</param>
public readonly record struct ChannelValues(float Red, float Green, float Blue)
{
    internal bool All(Func<float, bool> condition) => condition(Red) && condition(Green) && condition(Blue);
}
