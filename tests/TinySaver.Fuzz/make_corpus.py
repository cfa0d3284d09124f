#!/usr/bin/python3
"""Writes the small sound images that the fuzzer damages.

Needs Debian 12's python3-pil (Pillow 9.4.0) and libjpeg-turbo-progs (2.1.5); run it in this folder.
"""
import os
import random
import subprocess

from PIL import Image

rng = random.Random(20261124)
os.makedirs("Corpus", exist_ok=True)


def photo(width, height, mode="RGB"):
    """Slopes, a hard edge and some noise, so that blocks are flat, sparse and full."""
    image = Image.new("RGB", (width, height))
    for y in range(height):
        for x in range(width):
            noise = rng.randrange(-12, 13) if x > width // 3 else 0
            edge = 90 if (x // 7 + y // 9) % 3 == 0 else 0
            image.putpixel((x, y), tuple(max(0, min(255, v)) for v in (3 * x + edge + noise, 4 * y + noise, 255 - 2 * x - y + edge)))
    return image.convert(mode)


def save(name, image, **options):
    image.save("Corpus/" + name, **options)


def orientation(value):
    exif = Image.Exif()
    exif[0x0112] = value
    return exif.tobytes()


sizes = [(16, 16), (17, 23), (33, 16), (48, 31), (64, 64), (40, 50)]
for number, sampling in enumerate([0, 1, 2]):
    for quality in (30, 85, 100):
        width, height = sizes[(number * 3 + quality) % len(sizes)]
        save(f"baseline-{sampling}-{quality}.jpg", photo(width, height), quality=quality, subsampling=sampling)
save("optimised.jpg", photo(35, 27), quality=75, optimize=True)
save("wide.jpg", photo(64, 18), quality=60, subsampling=2, optimize=True)
save("oriented-3.jpg", photo(32, 24), quality=80, exif=orientation(3))
save("oriented-6.jpg", photo(40, 24), quality=80, exif=orientation(6))
save("oriented-7.jpg", photo(19, 24), quality=80, subsampling=0, exif=orientation(7))
save("progressive.jpg", photo(40, 40), quality=80, progressive=True)
save("progressive-6.jpg", photo(24, 33), quality=70, progressive=True, exif=orientation(6))
save("grey.jpg", photo(30, 30, "L"), quality=80)
save("cmyk.jpg", photo(24, 24, "CMYK"), quality=80)
save("narrow.jpg", photo(9, 40), quality=80)

for mode in ("RGB", "RGBA", "L", "LA", "P", "1", "I"):
    save(f"{mode.lower()}.png", photo(24, 19, "RGB").convert("L").convert("I") if mode == "I" else photo(24, 19).convert(mode))
save("oriented.png", photo(16, 20), exif=orientation(6))
save("transparent.png", photo(20, 20).quantize(16), transparency=3)

save("lossy.webp", photo(24, 20), quality=60)
save("lossless.webp", photo(24, 20), lossless=True)
save("alpha.webp", photo(24, 20, "RGBA"), quality=60)
save("oriented.webp", photo(24, 20), quality=60, exif=orientation(8))

for mode in ("RGB", "RGBA", "L", "P", "1"):
    save(f"{mode.lower()}.bmp", photo(17, 16).convert(mode))

save("palette.gif", photo(24, 20).quantize(64))
save("transparent.gif", photo(24, 20).quantize(16), transparency=3)
save("interlaced.gif", photo(20, 24).quantize(32), interlace=True)
save("animated.gif", photo(16, 16).quantize(16), save_all=True, append_images=[photo(16, 16).quantize(16)], transparency=2)


def transformed(source, name, *options):
    with open("Corpus/" + name, "wb") as file:
        subprocess.run(["jpegtran", *options, "Corpus/" + source], stdout=file, check=True)


transformed("baseline-2-85.jpg", "restart-420.jpg", "-restart", "2B")
transformed("baseline-1-85.jpg", "restart-422.jpg", "-restart", "3B")
transformed("oriented-7.jpg", "arithmetic.jpg", "-arithmetic")
