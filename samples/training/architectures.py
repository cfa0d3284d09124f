"""The networks. Plain convolutions with batch normalisation, so that the export folds everything into Conv."""

import torch
from torch import nn

from domain import BICUBIC, BILINEAR, LABELS


def conv(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, groups: int = 1, act: bool = True) -> nn.Sequential:
    layers = [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, nn.ReLU(inplace=True)) if act else nn.Sequential(*layers)


class Residual(nn.Module):
    """Two 3x3 convolutions beside the identity."""

    def __init__(self, channels: int):
        super().__init__()
        self.body = nn.Sequential(conv(channels, channels), conv(channels, channels, act=False))

    def forward(self, x):
        return torch.relu(x + self.body(x))


class Separable(nn.Module):
    """Depthwise 3x3, then pointwise: MobileNet v1's block."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1):
        super().__init__()
        self.body = nn.Sequential(conv(inputs, inputs, stride=stride, groups=inputs), conv(inputs, outputs, 1))

    def forward(self, x):
        return self.body(x)


class Classifier(nn.Module):
    """A stack, then mean and maximum over the frame: the mean sees texture, the maximum one small defect anywhere."""

    def __init__(self, *stack: nn.Module, channels: int, dropout: float = 0.0):
        super().__init__()
        self.stack = nn.Sequential(*stack)
        self.mean, self.max = nn.AdaptiveAvgPool2d(1), nn.AdaptiveMaxPool2d(1)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(2 * channels, len(LABELS))

    def forward(self, x):
        x = self.stack(x)
        return self.head(self.dropout(torch.cat([self.mean(x), self.max(x)], 1).flatten(1)))


def large() -> nn.Module:
    return Classifier(
        conv(3, 16, stride=2), conv(16, 32, stride=2), conv(32, 64, stride=2), Residual(64), Residual(64),
        conv(64, 112, stride=2), Residual(112), Residual(112), channels=112, dropout=0.1)


def middle() -> nn.Module:
    return Classifier(
        conv(3, 8, stride=2), Separable(8, 16, 2), Separable(16, 32), Separable(32, 48, 2), Separable(48, 48), Separable(48, 96, 2),
        Separable(96, 96), channels=96)


def tiny_l() -> nn.Module:
    return Classifier(
        conv(3, 12, stride=2), Separable(12, 24, 2), Separable(24, 24), Separable(24, 48, 2), Separable(48, 48), Separable(48, 96, 2),
        channels=96)


def tiny_m() -> nn.Module:
    return Classifier(
        conv(3, 16, stride=2), Separable(16, 32, 2), Separable(32, 32), Separable(32, 64, 2), Separable(64, 64), Separable(64, 112, 2),
        channels=112)


def tiny_s() -> nn.Module:
    return Classifier(conv(3, 8, stride=2), conv(8, 16, stride=2), conv(16, 32, stride=2), conv(32, 48), channels=48)


def tiny_xs() -> nn.Module:
    return Classifier(conv(3, 8, stride=2), Separable(8, 16, 2), Separable(16, 32, 2), channels=32)


IMAGENET = {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
HALF = {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}


def processor(kind: str, size: dict, resample: int, statistics: dict, crop: dict | None = None) -> dict:
    return {
        "image_processor_type": kind,
        "do_convert_rgb": True,
        "do_resize": True,
        "size": size,
        "resample": resample,
        "do_center_crop": crop is not None,
        **({"crop_size": crop} if crop else {}),
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        **statistics,
    }


# Name: (network, preprocessor_config.json, model_type, architecture's name). The resolution is what separates the sizes: fine
# cracks and short scratches survive 256x192 and drown below 100 pixels' width.
MODELS = {
    "large": (large, processor("ViTImageProcessor", {"height": 192, "width": 256}, BILINEAR, IMAGENET), "resnet", "SteelResNet"),
    "middle": (
        middle, processor("ViTImageProcessor", {"height": 192, "width": 256}, BILINEAR, HALF), "mobilenet_v1", "SteelMobileNet"),
    "tiny-l": (
        tiny_l,
        processor("MobileNetV1ImageProcessor", {"shortest_edge": 80}, BICUBIC, HALF, {"height": 72, "width": 96}),
        "mobilenet_v1",
        "SteelMobileNet",
    ),
    "tiny-m": (
        tiny_m,
        processor("MobileNetV1ImageProcessor", {"shortest_edge": 60}, BICUBIC, HALF, {"height": 56, "width": 72}),
        "mobilenet_v1",
        "SteelMobileNet",
    ),
    "tiny-s": (tiny_s, processor("ViTImageProcessor", {"height": 48, "width": 64}, BILINEAR, IMAGENET), "resnet", "SteelPlainNet"),
    "tiny-xs": (tiny_xs, processor("ViTImageProcessor", {"height": 48, "width": 64}, BICUBIC, HALF), "mobilenet_v1", "SteelMobileNet"),
}


def count(network: nn.Module, height: int, width: int) -> tuple[int, int]:
    """(multiply-accumulates of all convolutions and linear layers for one image, parameters after folding)."""
    macs = 0

    def add(module, _, output):
        nonlocal macs
        if isinstance(module, nn.Conv2d):
            macs += output[0].numel() * module.weight[0].numel()
        else:
            macs += module.weight.numel()

    hooks = [m.register_forward_hook(add) for m in network.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    network.eval()
    with torch.no_grad():
        network(torch.zeros(1, 3, height, width))
    for hook in hooks:
        hook.remove()
    # A folded convolution has its weights and one bias per channel.
    parameters = sum(m.weight.numel() + m.weight.shape[0] for m in network.modules() if isinstance(m, (nn.Conv2d, nn.Linear)))
    return macs, parameters
