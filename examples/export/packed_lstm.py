#!/usr/bin/env python3
# SPDX-License-Identifier: MIT-0
"""Shows that tracing a packed LSTM bakes the batch size into the graph, and that scripting does not.

    python3 packed_lstm.py
"""
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence


class Packed(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(5, 8, batch_first=True)

    def forward(self, audio, audio_lengths):
        packed = pack_padded_sequence(audio, audio_lengths, batch_first=True, enforce_sorted=False)
        _, (hidden, _) = self.lstm(packed)
        return hidden[-1]


class Plain(nn.Module):
    """The same without packing: the last valid step is picked out instead."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(5, 8, batch_first=True)

    def forward(self, audio, audio_lengths):
        steps, _ = self.lstm(audio)
        last = (audio_lengths - 1).view(-1, 1, 1).expand(-1, 1, steps.size(2))
        return steps.gather(1, last).squeeze(1)


def batch(size):
    torch.manual_seed(size)
    return torch.rand(size, 9, 5), torch.randint(1, 10, (size,))


def report(name, exported, eager):
    for size in (4, 2, 7, 1):
        try:
            difference = (exported(*batch(size)) - eager(*batch(size))).abs().max()
            print(f"{name}, batch {size}: runs, differs from eager by {difference:.1e}")
        except RuntimeError as error:
            print(f"{name}, batch {size}: {str(error).strip().splitlines()[-1]}")


def main():
    packed, plain = Packed().eval(), Plain().eval()
    with torch.no_grad():
        report("packed, traced at 4", torch.jit.trace(packed, batch(4), check_trace=False), packed)
        report("packed, scripted", torch.jit.script(packed), packed)
        report("plain, traced at 4", torch.jit.trace(plain, batch(4), check_trace=False), plain)


if __name__ == "__main__":
    main()
