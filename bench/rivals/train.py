"""Times training steps in PyTorch, beside which `npm run bench:train` sets ours.

    python3 bench/rivals/train.py [--cases sasrec-sampled,lstm] [--threads 2] [--steps 7] [--warm-up 3] [--no-compile]

The best that PyTorch's users commonly get: scaled_dot_product_attention, torch.nn.LSTM, fused Adam, both eager and under
torch.compile. Every step is whole: zero the gradients, forward, loss, backward, Adam. 32 bits, no dropout, no padding,
random numbers (speed does not depend on them), a table of 3,416 items, pre-norm blocks with biases:

    sasrec-sampled   batch 128, length 200, width 64, 2 blocks, 1 head, feed-forward 64, positions learned;
                     softmax over each step's next item and 256 negatives shared by the batch
    sasrec-full      the same with batch 64 and softmax over all 3,416 items
    lstm             batch 256, length 50, 64 real features; LSTM of 64 units, then of 32; last state -> 1 logit, BCE
    hstu             batch 64, length 200, width 64, 4 blocks, 2 heads, learned bias by relative position; loss as
                     sasrec-sampled

On stdout one JSON document: { "torch", "threads", "cases": [{ "name", "eagerMilliseconds", "compiledMilliseconds" }] },
the median of the steps after warm-up; compiledMilliseconds is null where torch.compile does not work (why is on stderr).
"""

import argparse
import json
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

items = 3_416
negatives = 256


class FeedForward(nn.Sequential):
    def __init__(self, width):
        super().__init__(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.project = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        q, k, v = (part.unflatten(2, (self.heads, -1)).transpose(1, 2) for part in self.project(x).chunk(3, 2))
        return self.out(F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2))


class SasrecBlock(nn.Module):
    """Kang and McAuley, ICDM 2018."""

    def __init__(self, width, heads):
        super().__init__()
        self.attention, self.feed_forward = Attention(width, heads), FeedForward(width)
        self.before_attention, self.before_feed_forward = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, x):
        x = x + self.attention(self.before_attention(x))
        return x + self.feed_forward(self.before_feed_forward(x))


class HstuBlock(nn.Module):
    """Zhai et al., ICML 2024."""

    def __init__(self, width, heads, length):
        super().__init__()
        self.heads = heads
        self.project = nn.Linear(width, 4 * width, bias=False)
        self.out = nn.Linear(width, width)
        self.positions = nn.Parameter(torch.zeros(heads, 2 * length - 1))
        steps = torch.arange(length)
        self.register_buffer("distance", steps[:, None] - steps[None, :] + length - 1)
        self.register_buffer("mask", torch.ones(length, length).tril() / length)

    def forward(self, x):
        width = x.shape[2]
        u, v, q, k = F.silu(self.project(F.layer_norm(x, [width]))).chunk(4, 2)
        q, k, v = (part.unflatten(2, (self.heads, -1)).transpose(1, 2) for part in (q, k, v))
        weights = F.silu(q @ k.mT + self.positions[:, self.distance]) * self.mask
        mixed = (weights @ v).transpose(1, 2).flatten(2)
        return x + self.out(F.layer_norm(mixed, [width]) * u)


class Sequences(nn.Module):
    """Item and position embeddings, blocks, and a softmax over sampled or all items."""

    def __init__(self, blocks, batch, length, width, sampled):
        super().__init__()
        self.table, self.positions = nn.Embedding(items, width), nn.Parameter(torch.zeros(length, width))
        self.blocks, self.last = nn.Sequential(*blocks), nn.LayerNorm(width)
        self.sampled = sampled
        self.feeds = [torch.randint(items, (batch, length)), torch.randint(items, (batch, length)), torch.randint(items, (negatives,))]

    def forward(self, inputs, targets, shared):
        h = self.last(self.blocks(self.table(inputs) + self.positions)).flatten(0, 1)
        targets = targets.flatten()
        if not self.sampled:
            return F.cross_entropy(h @ self.table.weight.T, targets)
        positive = (h * self.table(targets)).sum(1, keepdim=True)
        negative = (h @ self.table(shared).T).masked_fill(targets[:, None] == shared[None, :], float("-inf"))
        return F.cross_entropy(torch.cat([positive, negative], 1), torch.zeros_like(targets))


class Lstm(nn.Module):
    def __init__(self, batch, length, features):
        super().__init__()
        self.first, self.second = nn.LSTM(features, 64, batch_first=True), nn.LSTM(64, 32, batch_first=True)
        self.head = nn.Linear(32, 1)
        self.feeds = [torch.randn(batch, length, features), torch.randint(2, (batch,)).float()]

    def forward(self, x, labels):
        last = self.second(self.first(x)[0])[0][:, -1]
        return F.binary_cross_entropy_with_logits(self.head(last)[:, 0], labels)


cases = {
    "sasrec-sampled": lambda: Sequences([SasrecBlock(64, 1) for _ in range(2)], 128, 200, 64, sampled=True),
    "sasrec-full": lambda: Sequences([SasrecBlock(64, 1) for _ in range(2)], 64, 200, 64, sampled=False),
    "lstm": lambda: Lstm(256, 50, 64),
    "hstu": lambda: Sequences([HstuBlock(64, 2, 200) for _ in range(4)], 64, 200, 64, sampled=True),
}


def milliseconds(build, compiled, options):
    torch.manual_seed(1)
    model = build()
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    loss_of = torch.compile(model) if compiled else model
    taken = []
    for _ in range(options.warm_up + options.steps):
        start = time.perf_counter()
        optimiser.zero_grad(set_to_none=True)
        loss_of(*model.feeds).backward()
        optimiser.step()
        taken.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(taken[options.warm_up :]), 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", default=",".join(cases))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=7)
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--no-compile", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    results = []
    for name in options.cases.split(","):
        if name not in cases:
            parser.error(f"there is no case {name}; there are {', '.join(cases)}")
        eager = milliseconds(cases[name], False, options)
        compiled = None
        if not options.no_compile:
            try:
                compiled = milliseconds(cases[name], True, options)
            except Exception as error:  # No compiler on the machine, or a model that it cannot take.
                print(f"{name}: torch.compile failed: {error}", file=sys.stderr)
        results.append({"name": name, "eagerMilliseconds": eager, "compiledMilliseconds": compiled})
    print(json.dumps({"torch": torch.__version__, "threads": options.threads, "cases": results}))


if __name__ == "__main__":
    main()
