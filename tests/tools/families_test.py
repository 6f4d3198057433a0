#!/usr/bin/env python3
"""tools/families without the authors' repositories: what stands in for absent packages, and the form of the recipes. Exits with 77 without PyTorch."""
import ast
import os
import pathlib
import sys
import tempfile
import unittest

try:
    import torch
except ImportError as error:
    print(f"skipped: {error}: install python3-torch to test tools/families")
    sys.exit(77)

FAMILIES = pathlib.Path(__file__).resolve().parents[2] / "tools" / "families"
sys.path.insert(0, str(FAMILIES))
import family  # noqa: E402
import stand_ins  # noqa: E402


class FamiliesTest(unittest.TestCase):
    def test_there_are_sixteen_recipes_of_at_most_25_lines(self):
        recipes = [path for path in FAMILIES.glob("*.py") if "def recipe(" in path.read_text(encoding="utf-8")]
        self.assertEqual(len(recipes), 16)
        table = (FAMILIES.parents[1] / "docs" / "families.md").read_text(encoding="utf-8")
        for path in recipes:
            text = path.read_text(encoding="utf-8")
            self.assertLessEqual(len(text.splitlines()), 25, path.name)
            ast.parse(text)
            self.assertIn(f"| `{path.stem}` |", table)

    def test_the_stand_in_for_einops_moves_axes(self):
        x = torch.rand(2, 3, 8)
        heads = x.view(2, 3, 4, 2).permute(0, 2, 1, 3)
        for made, wanted in ((stand_ins.repeat(x, "b n (h d) -> b h n d", h=4), heads),
                             (stand_ins.repeat(heads, "b h n d -> b n (h d)"), x),
                             (stand_ins.repeat(x, "b n (h d) -> (b h) n d", h=4), heads.reshape(8, 3, 2)),
                             (stand_ins.repeat(heads.reshape(8, 3, 2), "(b h) n d -> b n (h d)", h=4), x),
                             (stand_ins.repeat(x[:1], "1 n d -> b n d", b=5), x[:1].expand(5, 3, 8)),
                             (stand_ins.repeat(x[:1, :1], "1 1 d -> b 1 d", b=5), x[:1, :1].expand(5, 1, 8)),
                             (stand_ins.repeat(x[0], "b j -> (b h) () j", h=2), x[0].repeat_interleave(2, 0).unsqueeze(1)),
                             (stand_ins.repeat(x, "b n d -> (b n) d"), x.reshape(6, 8))):
            self.assertEqual(made.shape, wanted.shape)
            self.assertTrue(torch.equal(made, wanted))

    def test_the_stand_in_for_bert_reads_no_padding(self):
        bert = stand_ins.Bert().eval()
        ids, mask = torch.tensor([[101, 7, 102, 0, 0]]), torch.tensor([[1.0, 1, 1, 0, 0]])
        other = torch.tensor([[101, 7, 102, 9, 9]])
        one, two = (bert(input_ids=x, attention_mask=mask, token_type_ids=0 * ids)[0][:, :3] for x in (ids, other))
        self.assertEqual(one.shape, (1, 3, 768))
        self.assertLess((one - two).abs().max().item(), 1e-6)

    def test_positions_count_steps_that_are_no_padding(self):
        x = torch.tensor([[[5.0], [0.0], [7.0]], [[1.0], [2.0], [0.0]]]).transpose(0, 1)[:, :, 0].t()
        self.assertEqual(family._positions(x, 0, 0).tolist(), [[1, 0, 3], [1, 2, 0]])

    def test_data_of_the_shape_of_ch_sims_runs_end_to_end(self):
        """[N, 3, 39] ids of bert-base-chinese, 33 audio and 709 vision features."""
        if "SHAKEDOWN" not in os.environ:
            self.skipTest("SHAKEDOWN is not set")
        try:
            import try_out
        except ImportError as error:
            self.skipTest(f"{error}: install python3-numpy")

        class Small(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.bert, self.audio = stand_ins.Bert(21128, 8, 16), torch.nn.LSTM(33, 8, batch_first=True)
                self.head = torch.nn.Linear(16 + 8 + 709, 1)

            def forward(self, text, audio, vision):
                ids, mask, segments = text[:, 0].long(), text[:, 1], text[:, 2].long()
                words = self.bert(input_ids=ids, attention_mask=mask, token_type_ids=segments)[0][:, 0]
                packed = torch.nn.utils.rnn.pack_padded_sequence(*audio, batch_first=True, enforce_sorted=False)
                return {"M": self.head(torch.cat([words, self.audio(packed)[1][0][-1], vision.mean(1)], 1))}

        args = {"seq_lens": [39, 400, 55], "feature_dims": [768, 33, 709]}
        text, audio, vision = family.inputs(args, most=400)
        options = {"module": Small(), "task": family.task("sims"), "output": {"key": "M"},
                   "inputs": [{**text, "vocabulary": 21128}, [audio, {"from": "audio.lengths"}], {**vision, "length": 55}]}
        with tempfile.TemporaryDirectory() as folder:
            found, line, golden, difference, _ = try_out.compare(options, "small", pathlib.Path(folder), os.environ["SHAKEDOWN"])
        self.assertEqual(found.batch, "any")
        self.assertEqual(line, "export verified: 8/8 within 1e-5")
        self.assertLessEqual(max(golden, difference), 1e-5)

    def test_a_missing_checkout_is_one_line(self):
        with self.assertRaises(SystemExit) as caught:
            family.checkout("/nowhere")
        self.assertIn("docs/families.md", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
