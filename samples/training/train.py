"""Trains one model on cached arrays (see cache.py) and saves its weights and what was measured on the validation set.

The test set is not looked at here: export.py measures it once, on the exported model's own weights.
"""

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from architectures import MODELS, count
from domain import input_size, normalise


def augment(pixels: torch.Tensor) -> torch.Tensor:
    """Mirrors, a small shift and another exposure; all of them keep the label. uint8 NHWC in, float NHWC (0 to 255) out."""
    pixels = pixels.float()
    for axis in (1, 2):
        chosen = torch.rand(len(pixels)) < 0.5
        pixels[chosen] = pixels[chosen].flip(axis)
    height, width = pixels.shape[1:3]
    pad = max(2, width // 24)
    top, left = random.randint(0, 2 * pad), random.randint(0, 2 * pad)
    padded = functional.pad(pixels.permute(0, 3, 1, 2), (pad, pad, pad, pad), mode="reflect").permute(0, 2, 3, 1)
    pixels = padded[:, top : top + height, left : left + width]
    gain = torch.empty(len(pixels), 1, 1, 1).uniform_(0.85, 1.18)
    return (pixels * gain).clamp_(0, 255)


@torch.no_grad()
def predict(network: torch.nn.Module, pixels: np.ndarray, config: dict, bfloat16: bool = False) -> torch.Tensor:
    """Logits of a whole set."""
    network.eval()
    logits = []
    for start in range(0, len(pixels), 128):
        batch = normalise(torch.from_numpy(pixels[start : start + 128]), config).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
            logits.append(network(batch).float())
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
    parser.add_argument("--limit", type=int, help="use only the first images of each training set, for a quick try")
    arguments = parser.parse_args()

    torch.manual_seed(arguments.seed)
    random.seed(arguments.seed)
    torch.set_num_threads(2)
    make, config, *_ = MODELS[arguments.model]
    network = make()
    macs, parameters = count(network, *input_size(config))
    network = network.to(memory_format=torch.channels_last)

    def load(name: str, what: str) -> np.ndarray:
        return np.load(arguments.work / name / f"{what}.npy")

    pixels = np.concatenate([load(name, arguments.model)[: arguments.limit] for name in arguments.train])
    labels = torch.from_numpy(np.concatenate([load(name, "labels")[: arguments.limit] for name in arguments.train]))
    validation, validation_labels = load(arguments.validation, arguments.model), torch.from_numpy(load(arguments.validation, "labels"))

    optimiser = torch.optim.AdamW(network.parameters(), lr=arguments.rate, weight_decay=arguments.decay)
    steps = len(pixels) // arguments.batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, arguments.rate, arguments.epochs * steps, pct_start=0.15)
    history = []
    for epoch in range(1, arguments.epochs + 1):
        network.train()
        started, total = time.perf_counter(), 0.0
        order = np.random.default_rng([arguments.seed, epoch]).permutation(len(pixels))
        for step in range(steps):
            chosen = np.sort(order[step * arguments.batch : (step + 1) * arguments.batch])
            batch = normalise(augment(torch.from_numpy(pixels[chosen])), config).contiguous(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16):
                logits = network(batch)
            loss = functional.cross_entropy(logits.float(), labels[chosen])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
        accuracy = (predict(network, validation, config, bfloat16=True).argmax(1) == validation_labels).float().mean().item()
        history.append(accuracy)
        seconds = time.perf_counter() - started
        print(f"{arguments.model} epoch {epoch}: loss {total / steps:.4f}, validation {accuracy:.4f}, {seconds:.0f} s", flush=True)

    torch.save(network.state_dict(), arguments.work / f"{arguments.model}.pt")
    recipe = {key: value for key, value in vars(arguments).items() if key not in ("work", "model")}
    report = {"recipe": recipe, "images": len(pixels), "macs": macs, "parameters": parameters, "validation": history}
    (arguments.work / f"{arguments.model}.json").write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
