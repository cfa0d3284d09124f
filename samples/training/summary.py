"""Prints what each saver would do in a cascade with the large model, from the logits that export.py left."""

import argparse
from pathlib import Path

import numpy as np

from architectures import MODELS, count
from domain import input_size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--test", default="test2002")
    arguments = parser.parse_args()

    labels = np.load(arguments.work / arguments.test / "labels.npy")
    logits = {name: np.load(path) for name in MODELS if (path := arguments.work / f"{name}-test-logits.npy").exists()}
    macs = {name: count(MODELS[name][0](), *input_size(MODELS[name][1]))[0] for name in logits}
    right = {name: values.argmax(1) == labels for name, values in logits.items()}
    large = right["large"].mean()
    print(f"large: {large:.2%}, {macs['large'] / 1e6:.1f} MMACs, {len(labels)} images")
    print("| saver | accuracy | MMACs | of large | AUROC of confidence | exit rate at large's accuracy | MACs of cascade against large |")
    print("|---|---|---|---|---|---|---|")
    for name in logits:
        if name == "large":
            continue
        shifted = np.exp(logits[name] - logits[name].max(1, keepdims=True))
        confidence = (shifted / shifted.sum(1, keepdims=True)).max(1)
        order = np.argsort(-confidence, kind="stable")
        ok, big = right[name][order], right["large"][order]
        # Accuracy of the cascade when the first k, by confidence, exit.
        cascade = (np.concatenate([[0], np.cumsum(ok)]) + np.concatenate([np.cumsum(big[::-1])[::-1], [0]])) / len(labels)
        exits = np.nonzero(cascade >= large)[0].max() / len(labels)
        ranks = np.argsort(np.argsort(confidence))
        good, bad = right[name].sum(), (~right[name]).sum()
        auroc = (ranks[right[name]].sum() - good * (good - 1) / 2) / (good * bad)
        share = macs[name] / macs["large"]
        print(f"| {name} | {right[name].mean():.2%} | {macs[name] / 1e6:.2f} | 1/{1 / share:.0f} | {auroc:.3f} | {exits:.1%} | "
              f"{share + 1 - exits:.1%} |")


if __name__ == "__main__":
    main()
