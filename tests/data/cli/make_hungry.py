#!/usr/bin/env python3
"""Makes hungry.pt: the model of bert.pt's inputs that asks for more memory than any machine has in calls of more than 8 rows.

    python3 make_hungry.py        (python3-torch; writes beside itself)
"""
import pathlib

import torch


class Hungry(torch.nn.Module):
    def forward(self, text):
        ids, mask = text[:, 0], text[:, 1]
        answer = (ids * mask).sum(dim=1) / 1000
        if text.size(0) > 8:
            answer = answer + torch.empty([text.size(0), 1 << 50]).sum(dim=1)
        return answer


if __name__ == "__main__":
    torch.jit.script(Hungry().eval()).save(str(pathlib.Path(__file__).parent / "hungry.pt"))
