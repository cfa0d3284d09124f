"""Preprocesses a generated set once for every model: WORK/<set>/<model>.npy (uint8 NHWC), labels.npy, difficulty.npy."""

import argparse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from architectures import MODELS
from domain import input_size, preprocess, read_manifest


def prepare(job: tuple[Path, list[str]]) -> list[np.ndarray]:
    path, names = job
    with Image.open(path) as image:
        image.load()
        return [preprocess(image, MODELS[name][1]) for name in names]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", type=Path, help="folder written by generate-images.cs")
    parser.add_argument("work", type=Path, help="folder for the arrays, outside the repository")
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=list(MODELS))
    arguments = parser.parse_args()

    rows = read_manifest(arguments.set)
    folder = arguments.work / arguments.set.name
    folder.mkdir(parents=True, exist_ok=True)
    arrays = [
        np.lib.format.open_memmap(folder / f"{name}.npy", "w+", np.uint8, (len(rows), *input_size(MODELS[name][1]), 3))
        for name in arguments.models
    ]
    with ProcessPoolExecutor() as pool:
        jobs = ((path, arguments.models) for path, _, _ in rows)
        for index, images in enumerate(pool.map(prepare, jobs, chunksize=64)):
            for array, image in zip(arrays, images):
                array[index] = image
    np.save(folder / "labels.npy", np.array([label for _, label, _ in rows]))
    np.save(folder / "difficulty.npy", np.array([difficulty for _, _, difficulty in rows], np.float32))
    print(f"{len(rows)} images of {arguments.set} cached for {', '.join(arguments.models)}")


if __name__ == "__main__":
    main()
