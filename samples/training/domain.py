"""What the models share: labels, and preprocessing exactly as the Hugging Face processors do it with Pillow."""

import csv
from pathlib import Path

import numpy as np
from PIL import Image

LABELS = ["none", "scratches", "pits", "patches", "inclusion", "crazing", "rolled-in-scale"]

BILINEAR, BICUBIC = 2, 3  # Pillow's numbers, as in preprocessor_config.json


def read_manifest(folder: Path) -> list[tuple[Path, int, float]]:
    """Path, class index and difficulty of every image of a generated set, in the manifest's order."""
    with open(folder / "manifest.csv", newline="") as file:
        return [(folder / row["path"], LABELS.index(row["label"]), float(row["difficulty"])) for row in csv.DictReader(file)]


def preprocess(image: Image.Image, config: dict) -> np.ndarray:
    """uint8 [height, width, 3]: what remains to do is rescale and normalise."""
    image = image.convert("RGB")
    size = config["size"]
    if "shortest_edge" in size:
        short, (width, height) = size["shortest_edge"], image.size
        # As transformers' get_resize_output_image_size: the long side is cut to a whole number, not rounded.
        target = (short, int(short * height / width)) if width <= height else (int(short * width / height), short)
    else:
        target = (size["width"], size["height"])
    image = image.resize(target, config["resample"])
    if config["do_center_crop"]:
        crop = config["crop_size"]
        top, left = (image.height - crop["height"]) // 2, (image.width - crop["width"]) // 2
        image = image.crop((left, top, left + crop["width"], top + crop["height"]))
    return np.asarray(image)


def input_size(config: dict) -> tuple[int, int]:
    """(height, width) of the model's input."""
    size = config["crop_size"] if config["do_center_crop"] else config["size"]
    return size["height"], size["width"]


def normalise(pixels, config: dict, gain=1.0):
    """float32 NCHW torch tensor (channels last in memory) from a uint8 NHWC torch tensor and an optional gain on its values."""
    import torch

    mean, std = torch.tensor(config["image_mean"]).view(1, 3, 1, 1), torch.tensor(config["image_std"]).view(1, 3, 1, 1)
    return pixels.permute(0, 3, 1, 2).float().mul_(gain * config["rescale_factor"] / std).sub_(mean / std)
