# SPDX-License-Identifier: MIT-0
"""gw-zhong/UniMF on complete input. The search over settings chose kernel sizes and layers: give those of the checkpoint."""
from family import Settings, checkout, inputs, task


def recipe(repo, dataset="mosi", bert=None, aligned=True, kernels=(1, 1, 1), layers=4):
    checkout(repo, bert)
    from src.models import UNIMFModel
    sizes = {"mosi": ((50, 375, 500), (768, 5, 20)), "mosei": ((50, 500, 500), (768, 74, 35)), "sims": ((39, 400, 55), (768, 33, 709))}
    lens, dims = sizes[dataset]
    lens = (50, 50, 50) if aligned and dataset != "sims" else lens
    args = Settings(dataset=dataset, embed_dim=32, num_heads=8, multimodal_layers=layers, modalities="LAV", output_dim=1,
                    language="cn" if dataset == "sims" else "en", use_bert=True, attn_dropout=0, relu_dropout=0, res_dropout=0, out_dropout=0, embed_dropout=0,
                    **{f"{m}_len": n for m, n in zip("lav", lens)}, **{f"orig_d_{m}": n for m, n in zip("lav", dims)},
                    **{f"{m}_kernel_size": n for m, n in zip("lav", kernels)})
    return {"module": UNIMFModel(args), "name": "unimf", "task": task(dataset), "output": {"index": 0},
            "inputs": inputs({"seq_lens": lens, "feature_dims": dims}, most=999)}
