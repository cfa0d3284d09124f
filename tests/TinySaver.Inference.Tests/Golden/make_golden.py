#!/usr/bin/python3
"""Writes the images and expected pixels that GoldenTests compares the preprocessing with.

Needs Debian 12's python3-pil (Pillow 9.4.0, libjpeg-turbo 2.1.5) and python3-numpy; run it in this folder:

    /usr/bin/python3 make_golden.py

images/     the inputs, made here from a seed
expected/   for every case the RGB bytes after resize and crop, before rescale and normalisation, rows from the top
cases.json  which image, which rule, which expected file

The pipeline is the one of the Pillow-based processors: open, ImageOps.exif_transpose, convert("RGB"), Image.resize, centre crop
(transformers' image_transforms.center_crop or torchvision's center_crop, both rewritten here from their definitions).
"""
import json
import os
import shutil
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

rng = np.random.default_rng(20240917)
cases = []


def photo(width, height, noise=6.0):
    """A smooth colourful picture with some noise and sharp edges: values over the whole range."""
    total = np.zeros((height, width, 3))
    for octave in range(1, 6):
        n = 2 ** octave
        coarse = (rng.random((n + 1, n + 1, 3)) * 255).astype(np.uint8)
        total += np.asarray(Image.fromarray(coarse).resize((width, height), Image.BICUBIC), float) / 1.6 ** octave
    total = (total - total.min()) / (total.max() - total.min()) * 255
    yy, xx = np.mgrid[0:height, 0:width]
    total[((xx // 7 + yy // 5) % 6) == 0] = (250, 5, 128)
    total += rng.normal(0, noise, total.shape)
    return total.clip(0, 255).astype(np.uint8)


def save(name, image, **options):
    image.save("images/" + name, **options)
    return name


def png_chunks(width, height, depth, colour_type, rows):
    """A PNG of raw rows: for what Pillow cannot write (16-bit colour)."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    raw = b"".join(b"\0" + row for row in rows)
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b"")


def opened(name):
    with Image.open("images/" + name) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def resized(image, resize, resample):
    if resize is None:
        return image
    width, height = image.size
    if isinstance(resize, int):
        short, long = min(width, height), max(width, height)
        new_long = int(resize * long / short)
        resize = (resize, new_long) if width <= height else (new_long, resize)
    return image.resize(tuple(resize), resample=resample)


def cropped(pixels, crop, rounding):
    if crop is None:
        return pixels
    width, height = crop
    if rounding == "floor":
        def place(size, want):
            return (size - want) // 2
    else:
        def place(size, want):
            return int(round((size - want) / 2.0)) if size >= want else -((want - size) // 2)
    result = np.zeros((height, width, 3), np.uint8)
    top, left = place(pixels.shape[0], height), place(pixels.shape[1], width)
    for y in range(height):
        for x in range(width):
            if 0 <= y + top < pixels.shape[0] and 0 <= x + left < pixels.shape[1]:
                result[y, x] = pixels[y + top, x + left]
    return result


def case(title, image, resize=None, crop=None, resample=2, rounding="floor", lossy=False, source=None):
    pixels = resized(opened(image) if source is None else source, resize, resample)
    pixels = cropped(np.asarray(pixels), crop, rounding)
    expected = f"{len(cases):02d}.bin"
    with open("expected/" + expected, "wb") as file:
        file.write(pixels.tobytes())
    cases.append({
        "title": title, "image": image, "expected": expected, "lossy": lossy,
        "shortestEdge": resize if isinstance(resize, int) else None,
        "exact": list(resize) if isinstance(resize, (tuple, list)) else None,
        "crop": list(crop) if crop else None, "rounding": rounding, "resample": resample,
        "width": pixels.shape[1], "height": pixels.shape[0],
    })


def main():
    for folder in ("images", "expected"):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)

    rgb = save("rgb.png", Image.fromarray(photo(150, 113)))
    for resample, kind in ((2, "bilinear"), (3, "bicubic")):
        case(f"{kind} down", rgb, (41, 29), resample=resample)
        case(f"{kind} up", rgb, (173, 131), resample=resample)
        case(f"{kind} up and down", rgb, (200, 20), resample=resample)
        case(f"{kind} one pixel", rgb, (1, 1), resample=resample)
        case(f"{kind} same width", rgb, (150, 40), resample=resample)
        case(f"{kind} same height", rgb, (64, 113), resample=resample)
        case(f"{kind} shortest edge and crop", rgb, 64, (56, 56), resample=resample)
        case(f"{kind} shortest edge up and crop", rgb, 128, (112, 100), resample=resample)
        case(f"{kind} odd margin, floor", rgb, 64, (55, 57), resample=resample)
        case(f"{kind} odd margin, half to even", rgb, 64, (55, 57), resample=resample, rounding="half-to-even")
    case("same size", rgb, (150, 113))
    case("crop without resize", rgb, None, (96, 96))
    case("crop wider than the image, floor", rgb, 32, (63, 21))
    case("crop taller than the image, half to even", rgb, 32, (21, 63), rounding="half-to-even")
    case("crop larger than the image, floor", rgb, (30, 21), (45, 44), resample=3)
    case("crop larger than the image, half to even", rgb, (30, 21), (45, 44), resample=3, rounding="half-to-even")

    for width, height in ((1, 37), (37, 1), (1, 1), (2, 3), (5, 300), (301, 7)):
        name = save(f"thin-{width}x{height}.png", Image.fromarray(photo(max(width, 2), max(height, 2))[:height, :width]))
        case(f"{width}x{height} bilinear", name, (17, 19))
        case(f"{width}x{height} bicubic, shortest edge", name, 9, (9, 9), resample=3)

    large = save("large.webp", Image.fromarray(photo(1024, 683, noise=0)).quantize(40).convert("RGB"), lossless=True)
    case("lossless WebP, strong reduction", large, 48, (48, 48), resample=3)
    case("lossless WebP, usual ImageNet input", large, 256, (224, 224), resample=2)

    small = photo(48, 36)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        for extension, options in (("png", {}), ("webp", {"lossless": True})):
            name = save(f"orientation-{orientation}.{extension}", Image.fromarray(small), exif=exif.tobytes(), **options)
            case(f"orientation {orientation} {extension}", name, (20, 30), resample=3)
        name = save(f"orientation-{orientation}.jpg", Image.fromarray(small), exif=exif.tobytes(), quality=90)
        case(f"orientation {orientation} jpg", name, (20, 30), resample=3, lossy=True)

    colour = Image.fromarray(photo(61, 47))
    grey = colour.convert("L")
    case("greyscale PNG", save("grey.png", grey), (31, 33))
    case("1-bit PNG", save("bits.png", grey.convert("1")), (31, 33))
    palette = colour.quantize(23)
    case("palette PNG", save("palette.png", palette), (31, 33))
    case("4-bit palette PNG", save("palette4.png", colour.quantize(11), bits=4), (31, 33))
    case("palette PNG with a transparent colour", save("palette-transparent.png", palette, transparency=3), (31, 33))
    alpha = np.dstack([np.asarray(colour), rng.integers(0, 256, (47, 61), dtype=np.uint8)])
    alpha[:9, :, 3] = 0
    case("RGBA PNG", save("rgba.png", Image.fromarray(alpha)), (31, 33))
    case("RGBA WebP", save("rgba.webp", Image.fromarray(alpha), lossless=True, exact=True), (31, 33))
    case("grey and alpha PNG", save("grey-alpha.png", Image.fromarray(alpha).convert("LA")), (31, 33))
    case("RGB PNG with a transparent colour", save("rgb-transparent.png", colour, transparency=colour.getpixel((5, 5))), (31, 33))
    case("gamma and profile ignored", save("gamma.png", colour, icc_profile=linear_profile()), (31, 33))
    case("BMP 24 bits", save("rgb.bmp", colour), (31, 33))
    case("BMP 8 bits", save("palette.bmp", palette), (31, 33))
    case("BMP greyscale", save("grey.bmp", grey), (31, 33))
    case("BMP 32 bits", save("rgba.bmp", Image.fromarray(alpha)), (31, 33))
    case("GIF", save("palette.gif", palette), (31, 33))
    case("GIF with a transparent colour", save("transparent.gif", palette, transparency=5), (31, 33))
    save("animated.gif", palette, save_all=True, append_images=[palette.rotate(180)], duration=100)
    case("GIF, first of two frames", "animated.gif", (31, 33))
    case("greyscale GIF", save("grey.gif", grey), (31, 33))

    deep = rng.integers(0, 65536, (24, 30, 3), dtype=np.uint16)
    with open("images/rgb16.png", "wb") as file:
        file.write(png_chunks(30, 24, 16, 2, [row.astype(">u2").tobytes() for row in deep]))
    case("16-bit RGB PNG", "rgb16.png", (17, 15))
    with open("images/grey16.png", "wb") as file:
        file.write(png_chunks(30, 24, 16, 0, [row.astype(">u2").tobytes() for row in deep[:, :, 0]]))
    # Pillow 9.4 clips 16-bit greyscale at 255, so nearly all of it is white; expected here is the high byte, as for 16-bit colour.
    high = Image.fromarray((deep[:, :, 0] >> 8).astype(np.uint8)).convert("RGB")
    case("16-bit greyscale PNG, high byte", "grey16.png", (17, 15), source=high)

    frame = Image.fromarray(photo(320, 240))
    for subsampling, kind in ((0, "4:4:4"), (1, "4:2:2"), (2, "4:2:0")):
        name = save(f"photo-{subsampling}.jpg", frame, quality=85, subsampling=subsampling)
        case(f"JPEG {kind}", name, 112, (96, 96), lossy=True)
        case(f"JPEG {kind} pixels", name, None, (64, 64), lossy=True)
    case("progressive JPEG", save("progressive.jpg", frame, quality=85, progressive=True), 112, (96, 96), lossy=True)
    case("odd JPEG", save("odd.jpg", frame.crop((0, 0, 203, 151)), quality=85), (203, 151), lossy=True)
    case("greyscale JPEG", save("grey.jpg", frame.convert("L"), quality=85), 112, (96, 96), lossy=True)
    case("CMYK JPEG", save("cmyk.jpg", frame.crop((0, 0, 160, 120)).convert("CMYK"), quality=85), 56, (48, 48), lossy=True)

    with open("cases.json", "w", encoding="utf-8", newline="\n") as file:
        json.dump(cases, file, indent=1)
        file.write("\n")


def linear_profile():
    from PIL import ImageCms
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()


main()
