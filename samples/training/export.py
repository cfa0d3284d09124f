"""Exports trained models as Hugging Face folders with model.onnx, each measured once on the test set.

Writes WORK/<model>-test-logits.npy too, for summary.py and for comparing ONNX Runtime's logits with PyTorch's.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from architectures import MODELS, count
from domain import LABELS, input_size
from train import predict

OPSET = 17


def fold(module: nn.Module) -> None:
    """Replaces every convolution and its batch normalisation by one convolution with a bias."""
    for child in module.children():
        if isinstance(child, nn.Sequential) and len(child) > 1 and isinstance(child[1], nn.BatchNorm2d):
            child[0] = fuse_conv_bn_eval(child[0], child[1])
            child[1] = nn.Identity()
        else:
            fold(child)


def export(network: nn.Module, path: Path, height: int, width: int) -> None:
    torch.onnx.export(
        network, torch.zeros(1, 3, height, width), str(path), opset_version=OPSET, input_names=["pixel_values"], output_names=["logits"],
        dynamic_axes={"pixel_values": {0: "batch"}, "logits": {0: "batch"}})
    model = onnx.load(str(path))
    onnx.checker.check_model(model, full_check=True)
    kinds = {node.op_type for node in model.graph.node}
    if "BatchNormalization" in kinds:
        raise SystemExit(f"{path}: batch normalisation was not folded; its graph has {sorted(kinds)}.")


def bands(correct: np.ndarray, by: np.ndarray, edges: list[float]) -> list[tuple[str, float, float]]:
    """(band, share of images, accuracy) for each band of a value."""
    rows = []
    for low, high in zip(edges, edges[1:]):
        inside = (by >= low) & ((by < high) | (high == edges[-1]))
        if inside.any():
            rows.append((f"{low:g} to {high:g}", inside.mean(), correct[inside].mean()))
    return rows


def readme(
    name: str, report: dict, test: str, logits: np.ndarray, labels: np.ndarray, difficulty: np.ndarray,
    height: int, width: int
) -> str:
    shifted = np.exp(logits - logits.max(1, keepdims=True))
    confidence = (shifted / shifted.sum(1, keepdims=True)).max(1)
    predicted = logits.argmax(1)
    correct = predicted == labels

    def table(title: str, rows: list[tuple[str, float, float]]) -> list[str]:
        return [f"| {title} | share of images | accuracy |", "|---|---|---|", *(f"| {a} | {s:.1%} | {c:.2%} |" for a, s, c in rows), ""]

    recalls = [(label, (labels == i).mean(), correct[labels == i].mean()) for i, label in enumerate(LABELS)]
    device = {"cpu": "the CPU", "cuda": "a graphics card"}[report["recipe"].get("device", "cpu")]
    return "\n".join([
        f"# {name}", "",
        "Classifies camera frames of steel strip into seven classes; one of the sample models of TinySaver.Functions, trained on "
        "images drawn by `samples/generate-images.cs`. It knows drawn steel only: do not inspect real strip with it.", "",
        "| | |", "|---|---|",
        f"| test accuracy | {correct.mean():.2%} ({len(labels)} images, set `{test}`) |",
        f"| multiply-accumulates an image | {report['macs'] / 1e6:.2f} million |",
        f"| parameters | {report['parameters']:,} |",
        f"| input | `pixel_values`, float32 [batch, 3, {height}, {width}], see `preprocessor_config.json` |",
        f"| output | `logits`, float32 [batch, {len(LABELS)}] |", "",
        *table("class", recalls),
        *table("difficulty", bands(correct, difficulty, [0, 0.2, 0.4, 0.6, 0.8, 1])),
        *table("confidence (largest probability)", bands(correct, confidence, [0, 0.5, 0.7, 0.9, 0.97, 0.99, 1])),
        "## Recipe", "",
        recipe(name, report), "",
        "In `samples/training/`: AdamW with a one-cycle rate; mirrors, small shifts and exposure as augmentation; bfloat16 autocast on "
        f"{device}; weights of the last epoch. A set's number is its generator seed.", ""])


def recipe(name: str, report: dict) -> str:
    """One training run as its command and what it reached."""
    arguments = " ".join(
        f"--{key} {' '.join(value) if isinstance(value, list) else value}"
        for key, value in report["recipe"].items() if value not in (None, False))
    return (f"`python3 train.py {name} WORK {arguments}` on {report['images']:,} images; validation accuracy by "
            f"epoch: {', '.join(f'{a:.3f}' for a in report['validation'])}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("models", type=Path, help="samples/models")
    parser.add_argument("--names", nargs="+", default=list(MODELS), choices=list(MODELS))
    parser.add_argument("--test", default="test2002", help="cached set that training never saw")
    arguments = parser.parse_args()

    labels, difficulty = (np.load(arguments.work / arguments.test / f"{what}.npy") for what in ("labels", "difficulty"))
    for name in arguments.names:
        make, processor, model_type, architecture = MODELS[name]
        report = json.loads((arguments.work / f"{name}.json").read_text())
        height, width = input_size(processor)
        network = make()
        report["macs"], report["parameters"] = count(network, height, width)
        network.load_state_dict(torch.load(arguments.work / f"{name}.pt", map_location="cpu"))
        network.eval()
        fold(network)
        pixels = np.load(arguments.work / arguments.test / f"{name}.npy")
        logits = predict(network.to(memory_format=torch.channels_last), pixels, processor).numpy()
        np.save(arguments.work / f"{name}-test-logits.npy", logits)

        folder = arguments.models / name
        folder.mkdir(parents=True, exist_ok=True)
        export(network.to(memory_format=torch.contiguous_format), folder / "model.onnx", height, width)
        config = {
            "architectures": [architecture],
            "model_type": model_type,
            "num_channels": 3,
            "id2label": {str(i): label for i, label in enumerate(LABELS)},
            "label2id": {label: i for i, label in enumerate(LABELS)},
            "torch_dtype": "float32",
        }
        for file, content in (("config.json", config), ("preprocessor_config.json", processor)):
            (folder / file).write_text(json.dumps(content, indent=2) + "\n")
        (folder / "README.md").write_text(readme(name, report, arguments.test, logits, labels, difficulty, height, width))
        print(f"{name}: test accuracy {(logits.argmax(1) == labels).mean():.4f}, {report['macs'] / 1e6:.2f} MMACs, "
              f"{report['parameters']} parameters, {(folder / 'model.onnx').stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
