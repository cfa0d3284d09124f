"""Trains one model on cached arrays (see cache.py) and saves its weights and what was measured on the validation set.

The test set is not looked at here: export.py measures it once, on the exported model's own weights.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from architectures import MODELS, count
from domain import input_size, normalise


def augment(pixels: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Mirrors and small shifts, which keep the label. Still uint8 NHWC: a quarter of float's memory traffic."""
    height, width = pixels.shape[1:3]
    reach = max(2, width // 24)
    result = np.empty_like(pixels)
    for image, target in zip(pixels, result):
        rows, columns = (mirrored_range(length, reach, chance) for length in (height, width))
        target[:] = image.take(rows, 0).take(columns, 1)
    return result


def mirrored_range(length: int, reach: int, chance: np.random.Generator) -> np.ndarray:
    """Indexes of a row or column of pixels shifted by up to reach, reflected at the borders, backwards half of the time."""
    shifted = np.abs(np.arange(length) + chance.integers(-reach, reach + 1))
    inside = np.where(shifted >= length, 2 * (length - 1) - shifted, shifted)
    return inside[::-1] if chance.random() < 0.5 else inside


@torch.no_grad()
def predict(network: torch.nn.Module, pixels: np.ndarray, config: dict, bfloat16: bool = False) -> torch.Tensor:
    """Logits of a whole set."""
    network.eval()
    device = next(network.parameters()).device
    logits = []
    for start in range(0, len(pixels), 128):
        batch = normalise(torch.from_numpy(pixels[start : start + 128]), config).to(device)
        with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
            logits.append(network(batch).float().cpu())
    return torch.cat(logits)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", choices=list(MODELS))
    parser.add_argument("work", type=Path, help="folder of the arrays; the weights go there too")
    parser.add_argument("--train", nargs="+", default=["train11"], help="names of cached sets")
    parser.add_argument("--validation", default="val12")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--decay", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--limit", type=int, help="use only the first images of each training set, for a quick try")
    arguments = parser.parse_args()

    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    make, config, *_ = MODELS[arguments.model]
    network = make()
    macs, parameters = count(network, *input_size(config))
    network = network.to(arguments.device, memory_format=torch.channels_last)

    def load(name: str, what: str) -> np.ndarray:
        return np.load(arguments.work / name / f"{what}.npy", mmap_mode="r")

    def images(name: str) -> np.ndarray:
        return np.array(load(name, arguments.model)[: arguments.limit])

    pixels = np.concatenate([images(name) for name in arguments.train])
    labels = torch.from_numpy(np.concatenate([load(name, "labels")[: arguments.limit] for name in arguments.train]))
    validation = images(arguments.validation)
    validation_labels = torch.from_numpy(np.array(load(arguments.validation, "labels")[: arguments.limit]))

    optimiser = torch.optim.AdamW(network.parameters(), lr=arguments.rate, weight_decay=arguments.decay)
    steps = len(pixels) // arguments.batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, arguments.rate, arguments.epochs * steps, pct_start=0.15)
    history = []
    for epoch in range(1, arguments.epochs + 1):
        network.train()
        started, total = time.perf_counter(), 0.0
        chance = np.random.default_rng([arguments.seed, epoch])
        order = chance.permutation(len(pixels))
        for step in range(steps):
            chosen = np.sort(order[step * arguments.batch : (step + 1) * arguments.batch])
            # Another exposure, as a gain on the pixels.
            gain = torch.from_numpy(chance.uniform(0.85, 1.18, (len(chosen), 1, 1, 1)).astype(np.float32))
            batch = normalise(torch.from_numpy(augment(pixels[chosen], chance)), config, gain).to(arguments.device)
            with torch.autocast(arguments.device, torch.bfloat16):
                logits = network(batch)
            loss = functional.cross_entropy(logits.float(), labels[chosen].to(arguments.device))
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        accuracy = (predict(network, validation, config, bfloat16=True).argmax(1) == validation_labels).float().mean().item()
        history.append(accuracy)
        torch.save(network.state_dict(), arguments.work / f"{arguments.model}.pt")
        seconds = time.perf_counter() - started
        print(f"{arguments.model} epoch {epoch}: loss {total / steps:.4f}, validation {accuracy:.4f}, {seconds:.0f} s", flush=True)

    recipe = {key: value for key, value in vars(arguments).items() if key not in ("work", "model")}
    report = {"recipe": recipe, "images": len(pixels), "macs": macs, "parameters": parameters, "validation": history}
    (arguments.work / f"{arguments.model}.json").write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
