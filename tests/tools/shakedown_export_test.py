#!/usr/bin/env python3
"""tools/shakedown_export.py on small modules, one for each trap. Exits with 77 where there is no PyTorch.

    SHAKEDOWN=build/release/cli/shakedown python3 shakedown_export_test.py

Without SHAKEDOWN the tests that ask shakedown whether it gives PyTorch's numbers are skipped.
"""
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile
from typing import List

try:
    import torch
    from torch import nn
    from torch.nn import functional
except ImportError as error:
    print(f"skipped: {error}: install python3-torch to test tools/shakedown_export.py")
    sys.exit(77)

TOOLS = pathlib.Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))
import shakedown_export as kit  # noqa: E402

AUDIO = {"from": "audio.features", "columns": 3, "steps": 10}
LENGTHS = {"from": "audio.lengths"}


def line_of(mark):
    lines = pathlib.Path(__file__).read_text(encoding="utf-8").splitlines()
    return 1 + next(i for i, text in enumerate(lines) if text.endswith("# " + mark))


class Head(nn.Module):
    def __init__(self, width=3):
        super().__init__()
        self.head = nn.Linear(width, 1)


class Plain(Head):
    def forward(self, audio):
        return self.head(audio.tanh()).sum(1)


class Packed(Head):
    def __init__(self, layer=nn.LSTM):
        super().__init__(4)
        self.recurrent = layer(3, 4, batch_first=True)

    def forward(self, audio, lengths):
        packed = nn.utils.rnn.pack_padded_sequence(audio, lengths, batch_first=True, enforce_sorted=False)
        hidden = self.recurrent(packed, **{})[1]  # the two stars are beyond TorchScript
        return self.head((hidden[0] if isinstance(hidden, tuple) else hidden)[-1])


class SizeOfData(Head):
    def forward(self, audio):
        ones = torch.ones(**{"size": [audio.data.shape[0], 1]})
        return self.head(audio.mean(1)) * ones


class BakedBatch(Head):
    def forward(self, audio):
        return self.head(audio.mean(1)) + torch.ones(int(torch.tensor(len(audio.tolist()))), 1)


class Loop(Head):
    def forward(self, audio):
        state = torch.zeros(audio.size(0), 3, **{})
        for t in range(int(audio.size(1))):
            state = torch.tanh(state + audio[:, t])
        return self.head(state)


class FixedTime(Head):
    def __init__(self):
        super().__init__(30)

    def forward(self, audio):
        return self.head(audio.reshape(audio.size(0), 30))


class Dict(Head):
    def forward(self, audio, y=None, **unused):
        m = self.head(audio.sum(1))
        return {"M": m, "Feature": audio, "loss": None if y is None else y - m, "parts": {"a": m}}


class Nested(Head):
    def forward(self, text, pair, memory):
        (audio, (lengths, mask)), none = pair[:2], memory
        assert none is None
        bert, missing = text
        ids, valid, _ = [part for part in bert.unbind(1)]
        a = self.head(audio * mask.unsqueeze(2)).sum(1) / lengths.unsqueeze(1).float()
        return a + (ids * valid * missing).sum(1, keepdim=True) * 1e-4


class Dropped(Head):
    def forward(self, audio):
        return functional.dropout(self.head(audio.mean(1)), 0.5)


class AlwaysTraining(Head):
    def train(self, mode=True):
        return super().train(True)

    def forward(self, audio):
        return self.head(audio.mean(1))


class Stateful(Head):
    def __init__(self):
        super().__init__()
        self.memory = torch.zeros(2, 3)

    def forward(self, audio):
        mean = audio.mean(1)
        if self.memory.shape == mean.shape and not torch.equal(self.memory, mean):
            mean, self.memory = mean + 0.1 * self.memory, mean
        return self.head(mean)


class Masked(Head):
    def forward(self, audio, lengths):
        on = torch.arange(audio.size(1)).unsqueeze(0) < lengths.unsqueeze(1)
        return (self.head(audio).squeeze(2) * on).sum(1)


class TwoViews(Head):
    def __init__(self, leak):
        super().__init__()
        self.leak = leak

    def forward(self, audio, complete):
        return self.head(audio.sum(1) + self.leak * complete.sum(1))


class Branching(Head):
    def forward(self, audio, lengths, **unused):
        rows = []
        for steps, length in zip(audio, lengths):
            if length > 4:  # BRANCH
                steps = -steps
            rows.append(self.head(steps.sum(0)))
        return torch.stack(rows)


class OnTheGpu(Head):
    def forward(self, audio):
        return self.head(audio.sum(1)) + torch.zeros(1).cuda()  # GPU


class Mixing(Head):
    def forward(self, audio):
        return functional.softmax(self.head(audio.sum(1)), dim=0)


class Reversal(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        return x.view_as(x)

    @staticmethod
    def backward(context, gradient):
        return -gradient


class Reversing(Head):
    def forward(self, audio):
        return self.head(Reversal.apply(audio.sum(1)))


class Hidden(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = {("a", "b"): nn.Linear(3, 1)}  # in no state_dict

    def forward(self, audio):
        return self.layers["a", "b"](audio.sum(1))


class Scriptable(Head):
    def forward(self, audio: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        rows = []
        for b in range(audio.size(0)):
            rows.append(audio[b, :int(lengths[b])].sum(0))
        return self.head(torch.stack(rows))


class ExporterTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(1)
        self.folder = tempfile.TemporaryDirectory()
        self.out = pathlib.Path(self.folder.name) / "m.pt"

    def tearDown(self):
        self.folder.cleanup()

    def export(self, module, inputs, **options):
        return kit.export(module, inputs, self.out, **options)

    def refused(self, module, inputs, **options):
        with self.assertRaises(kit.ExportError) as caught:
            self.export(module, inputs, **options)
        self.assertFalse(self.out.exists())
        return str(caught.exception)

    def extra(self, name):
        with zipfile.ZipFile(self.out) as archive:
            return archive.read("m/extra/shakedown/" + name).decode()

    def keeps_to(self, module, arguments, batch, **options):
        """The file itself, loaded by plain PyTorch, against the module on values of another kind than the exporter's."""
        torch.manual_seed(2)
        given = arguments(batch)
        loaded = torch.jit.load(str(self.out)).eval()
        with torch.no_grad():
            wanted = kit.pick(module(*given), options.get("output"))
            got = loaded(*kit._flatten(given)) if options.get("flat", True) else loaded(*given)
        self.assertLessEqual((got - wanted).abs().max().item(), 1e-5)

    def verified_by_shakedown(self):
        """What `shakedown inspect` says of the golden rows that it made by itself."""
        if "SHAKEDOWN" not in os.environ:
            self.skipTest("SHAKEDOWN is not set")
        done = subprocess.run([os.environ["SHAKEDOWN"], "inspect", str(self.out)], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("export verified: 8/8 within 1e-5", done.stdout)

    # What is exported, and how.

    def test_a_plain_module_is_scripted_and_takes_any_batch_and_length(self):
        module = Plain()
        found = self.export(module, [AUDIO], task={"kind": "regression", "convention": "mosi"}, name="plain", trained_with=["missing.*"])
        self.assertEqual((found.method, found.batch, found.lengths), ("script", "any", {}))
        self.assertEqual(self.extra("model.yaml"), "schema: shakedown.model/1\nname: plain\n"
                         "task: {kind: regression, convention: mosi}\ninputs:\n  - {from: audio.features}\nbatch: any\n"
                         "trained_with: [\"missing.*\"]\n")
        self.keeps_to(module, lambda b: (torch.rand(b, 17, 3),), 5)
        self.verified_by_shakedown()

    def test_a_packed_lstm_takes_any_batch(self):
        for layer in (nn.LSTM, nn.GRU):
            module = Packed(layer)
            found = self.export(module, [AUDIO, LENGTHS])
            self.assertEqual((found.method, found.batch, found.lengths), ("trace", "any", {}))
            for batch in (1, 2, 7, 32, 33):
                self.keeps_to(module, lambda b: (torch.rand(b, 9, 3), torch.randint(1, 10, (b,))), batch)
        self.verified_by_shakedown()

    def test_without_help_a_packed_lstm_bakes_its_batch_in(self):
        original, kit.traceable = kit.traceable, contextlib.nullcontext
        try:
            found = self.export(Packed(), [AUDIO, LENGTHS], fixed_batch=5)
        finally:
            kit.traceable = original
        if found.batch == "any":
            self.skipTest(f"PyTorch {torch.__version__} traces packed sequences as they are")
        self.assertEqual(found.batch, {"fixed": 5})
        self.assertIn("batch: {fixed: 5}\n", self.extra("model.yaml"))
        self.assertIn("the batch size is baked in", str(found))
        self.verified_by_shakedown()

    def test_helping_the_tracer_leaves_torch_as_it_was(self):
        before = (nn.LSTM.forward, nn.GRU.forward, nn.RNN.forward, torch.Tensor.data)
        with kit.traceable():
            self.assertNotEqual(nn.LSTM.forward, before[0])
        self.assertEqual((nn.LSTM.forward, nn.GRU.forward, nn.RNN.forward, torch.Tensor.data), before)

    def test_attention_runs_on_older_versions_too(self):
        class Attention(Head):
            def __init__(self):
                super().__init__()
                self.attention = nn.MultiheadAttention(3, 3, batch_first=True)

            def forward(self, audio, mask):
                return self.head(self.attention(audio, audio, audio, key_padding_mask=mask, need_weights=False)[0][:, 0])

        module = Attention()
        self.export(module, [AUDIO, {"from": "audio.mask", "inverted": True, "dtype": "bool"}], method="trace")
        self.assertNotIn("scaled_dot_product", str(torch.jit.load(str(self.out)).inlined_graph))
        self.keeps_to(module, lambda b: (torch.rand(b, 9, 3), torch.arange(9).unsqueeze(0).expand(b, 9) > 5), 5)
        self.verified_by_shakedown()

    def test_sizes_read_from_data_stay_in_the_trace(self):
        self.assertEqual(self.export(SizeOfData(), [AUDIO]).batch, "any")

    def test_a_batch_of_one_alone_does_not_fix_the_size(self):
        class Squeezed(Head):
            def forward(self, audio):
                x = audio.mean(1).squeeze()
                return self.head(x.unsqueeze(0) if x.dim() == 1 else x).reshape(-1, 1) + torch.zeros_like(x[..., :1])

        found = self.export(Squeezed(), [AUDIO], method="trace")
        self.assertEqual(found.batch, "any")
        self.assertIn("exported, it fails on a batch of 1", str(found))

    def test_a_batch_size_turned_into_a_number_is_found_and_fixed(self):
        found = self.export(BakedBatch(), [AUDIO], fixed_batch=3)
        self.assertEqual((found.method, found.batch), ("trace", {"fixed": 3}))
        self.verified_by_shakedown()

    def test_a_loop_over_time_fixes_the_length(self):
        found = self.export(Loop(), [AUDIO])
        self.assertEqual((found.batch, found.lengths), ("any", {"audio.features": 10}))
        self.assertIn("length: 10", self.extra("model.yaml"))
        self.verified_by_shakedown()

    def test_only_the_source_whose_time_is_baked_in_is_fixed(self):
        class Both(Loop):
            def forward(self, audio, vision):
                return super().forward(audio) + vision.sum([1, 2]).unsqueeze(1)

        found = self.export(Both(), [AUDIO, {"from": "vision.features", "columns": 2, "steps": 8}])
        self.assertEqual(found.lengths, {"audio.features": 10})
        self.verified_by_shakedown()

    def test_a_module_of_one_length_is_found(self):
        found = self.export(FixedTime(), [AUDIO])
        self.assertEqual(found.lengths, {"audio.features": 10})
        self.assertIn("takes one length only of audio.features", str(found))

    def test_where_all_lengths_together_fail_those_that_fail_alone_are_fixed(self):
        class Half(FixedTime):
            def forward(self, audio, vision):
                return super().forward(audio) + vision.sum([1, 2]).unsqueeze(1)

        found = self.export(Half(), [AUDIO, {"from": "vision.features", "columns": 2, "steps": 8}])
        self.assertEqual(found.lengths, {"audio.features": 10})

    def test_a_dict_needs_its_key(self):
        self.assertIn("a dict with the keys M, Feature, loss, parts", self.refused(Dict(), [AUDIO, {"from": "none"}]))
        found = self.export(Dict(), [AUDIO, {"from": "none"}], output={"key": "M"})
        self.assertEqual(found.method, "trace")
        self.assertIsInstance(torch.jit.load(str(self.out))(torch.rand(2, 4, 3)), torch.Tensor)
        self.assertNotIn("none", self.extra("model.yaml"))
        self.verified_by_shakedown()

    def test_nested_tuples_and_none_become_plain_arguments(self):
        inputs = [[{"from": "text.bert", "steps": 6, "vocabulary": 50}, {"from": "text.missing_mask"}],
                  [{**AUDIO, "steps": 6}, [LENGTHS, {"from": "audio.mask"}]], {"from": "none"}]
        self.export(Nested(), inputs)
        self.assertIn("{from: audio.mask, argument: audio_mask}", self.extra("model.yaml"))
        self.verified_by_shakedown()

    def test_a_loop_over_rows_is_kept_by_scripting(self):
        module = Scriptable()
        found = self.export(module, [AUDIO, LENGTHS])
        self.assertEqual((found.method, found.batch), ("script", "any"))
        self.keeps_to(module, lambda b: (torch.rand(b, 9, 3), torch.randint(1, 10, (b,))), 9)

    # What is refused or said.

    def test_dropout_left_on(self):
        self.assertRegex(self.refused(Dropped(), [AUDIO]), "not deterministic.*random numbers are drawn.*training=self.training")
        self.assertIn("still in training mode after eval(): the module itself", self.refused(AlwaysTraining(), [AUDIO]))

    def test_state_between_calls(self):
        self.assertIn("state is kept between calls: rows A, then B, then A again", self.refused(Stateful(), [AUDIO]))

    def test_padding(self):
        class Mean(Head):
            def forward(self, audio, lengths):
                return self.head(audio.mean(1))

        self.assertIn("reads padding", str(self.export(Mean(), [AUDIO, LENGTHS])))
        self.assertNotIn("reads padding", str(self.export(Masked(), [AUDIO, LENGTHS])))

    def test_a_complete_view_that_leaks(self):
        inputs = [AUDIO, {"from": "audio.features.complete"}]
        self.assertIn("sees the complete view", str(self.export(TwoViews(0.1), inputs)))
        self.assertNotIn("sees the complete view", str(self.export(TwoViews(0.0), inputs)))

    def test_a_branch_on_data_is_named_by_its_line(self):
        line = line_of("BRANCH")
        message = self.refused(Branching(), [AUDIO, LENGTHS])
        self.assertIn(f"{__file__}:{line}", message)
        self.assertIn("torch.where()", message)

    def test_a_gpu_in_the_code_is_named_by_its_line(self):
        if torch.cuda.is_available():
            self.skipTest("there is a GPU here")
        line = line_of("GPU")
        self.assertRegex(self.refused(OnTheGpu(), [AUDIO]), f"{__file__}:{line} .*device of an input|moves tensors to a GPU at {__file__}:{line}")

    def test_an_autograd_function_is_named(self):
        self.assertRegex(self.refused(Reversing(), [AUDIO]), "autograd function Reversal .*torch.nn.Identity")

    def test_layers_that_no_checkpoint_holds_are_named(self):
        self.assertIn("in no state_dict", self.refused(Hidden(), [AUDIO]))

    def test_rows_that_depend_on_each_other(self):
        self.assertIn("predictions depend on the batch", self.refused(Mixing(), [AUDIO]))

    def test_specs_that_say_too_little(self):
        self.assertIn("`columns` is missing", self.refused(Plain(), [{"from": "audio.features"}]))
        self.assertIn("'audio.feature' is no source", self.refused(Plain(), [{"from": "audio.feature"}]))
        self.assertIn("no input reads vision values", self.refused(Masked(), [AUDIO, {"from": "vision.lengths"}]))

    # Golden rows.

    def test_the_formula_is_splitmix64(self):
        def mix(x):
            x = (x + 0x9E3779B97F4A7C15) % 2**64
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB % 2**64
            return x ^ (x >> 31)

        for seed in (0, 1111, 2**63 + 5):
            for keys in ((1,), (2, 3, 4, 5), (3, 31, 499, 150527)):
                key = mix(seed)
                for part in keys:
                    key = mix((key + part) % 2**64)
                self.assertEqual(kit.draw(seed, *keys).item() % 2**64, key)
        # The same numbers are in tests/models/export_check_test.cpp.
        self.assertEqual(kit.draw(1111, 2, 3, 4, 5).item() % 2**64, 10395500270424352101)

    def test_shakedown_makes_the_same_inputs_of_every_source(self):
        class All(nn.Module):
            """Sums each input with weights of its own, so that a swapped axis shows."""

            def forward(self, ids, segments, embedding, wave, mel, frames, faces, vision, pooled, mask, complete, lengths):
                total = 0
                for i, x in enumerate((ids, segments, embedding, wave, mel, frames, faces, vision, pooled, mask, complete, lengths)):
                    x = (x.transpose(0, 1) if i == 7 else x).double()
                    x = x.reshape(x.shape[0], -1)
                    total = total + (x * torch.sin(torch.arange(x.shape[1], dtype=torch.float64) + i)).mean(1)
                return torch.stack([total, -total], 1)

        inputs = [{"from": "text.tokens", "part": "ids", "vocabulary": 300, "steps": 9}, {"from": "text.tokens", "part": "segments", "dtype": "float32"},
                  {"from": "text.embedding", "columns": 4, "steps": 7, "layout": "BCT"}, {"from": "audio.waveform", "length": 400, "sample_rate": 16000,
                                                                                         "mean": 0.5, "standard_deviation": 3},
                  {"from": "audio.logmel", "mels": 12, "steps": 11}, {"from": "video.frames", "side": 6, "steps": 3, "mean": [0.1, 0.2, 0.3],
                                                                     "standard_deviation": [0.5, 0.6, 0.7]},
                  {"from": "video.faces", "side": 5, "length": 4, "dtype": "uint8", "layout": "BCTHW"},
                  {"from": "vision.features", "columns": 5, "steps": 8, "layout": "TBC", "mean": [1, 2, 3, 4, 5], "dtype": "float64"},
                  {"from": "vision.features", "columns": 5, "steps": 8, "layout": "BC1", "pool_mean": True},
                  {"from": "vision.features.mask", "inverted": True, "dtype": "bool"}, {"from": "text.embedding.complete", "columns": 4, "steps": 7},
                  {"from": "audio.logmel.lengths", "dtype": "int32"}]
        self.export(All().eval(), inputs, method="trace", task={"kind": "classification", "label": "e", "labels": ["a", "b"]})
        self.verified_by_shakedown()

    def test_texts_are_made_by_formula_too(self):
        class Texts(nn.Module):
            def forward(self, text: List[str], audio: torch.Tensor) -> torch.Tensor:
                total: List[float] = []
                for line in text:
                    total.append(float(len(line)) + 0.1 * float(ord(line[1])))
                return torch.tensor(total) + audio.sum(dim=[1, 2])

        self.export(Texts(), [{"from": "text.string"}, AUDIO])
        self.verified_by_shakedown()

    def test_the_end_to_end_example(self):
        example = kit.load_recipe(TOOLS.parent / "examples" / "export" / "end_to_end.py")
        self.export(**example(None))
        self.assertIn("{from: video.faces, side: 64,", self.extra("model.yaml"))
        self.verified_by_shakedown()

    # Checkpoints and the command.

    def recipe(self):
        path = pathlib.Path(self.folder.name) / "recipe.py"
        path.write_text("from torch import nn\nclass M(nn.Module):\n    def __init__(self, c):\n        super().__init__()\n"
                        "        self.head = nn.Linear(c, 1)\n    def forward(self, audio):\n        return self.head(audio.sum(1))\n"
                        "def recipe(repo, columns=3):\n    return {'module': M(columns), 'inputs': "
                        "[{'from': 'audio.features', 'columns': columns, 'steps': 6}]}\n")
        return path

    def command(self, *words):
        return subprocess.run([sys.executable, str(TOOLS / "shakedown_export.py"), str(self.recipe()), "--out", str(self.out), *words],
                              capture_output=True, text=True, check=False)

    def test_the_command_writes_a_file_with_the_weights_of_a_checkpoint(self):
        state = pathlib.Path(self.folder.name) / "state.pt"
        torch.save({"state_dict": {"Model.head.weight": torch.ones(1, 4), "Model.head.bias": torch.zeros(1)}}, state)
        done = self.command("--checkpoint", str(state), "--set", "columns=4")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("golden rows: 8/8 within 1e-05", done.stdout)
        self.assertEqual(torch.jit.load(str(self.out))(torch.ones(1, 2, 4)).item(), 8)
        self.verified_by_shakedown()

    def test_a_checkpoint_that_is_not_there_is_one_line(self):
        done = self.command("--checkpoint", "nowhere.pt")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, "shakedown_export.py: --checkpoint nowhere.pt: cannot be read: No such file or directory\n")

    def test_a_whole_module_is_unpickled_only_where_it_is_trusted(self):
        state = pathlib.Path(self.folder.name) / "whole.pt"
        torch.save(nn.ModuleDict({"head": nn.Linear(3, 1)}), state)
        self.assertRegex(self.command("--checkpoint", str(state)).stderr, "holds no weights that can be read .*--trust")
        done = self.command("--checkpoint", str(state), "--trust")
        self.assertEqual(done.returncode, 0, done.stderr)
        missing = self.command("--checkpoint", str(state) + "x").stderr
        self.assertIn("No such file", missing)
        self.assertNotIn("--trust", missing)

    def test_a_checkpoint_that_does_not_fit_is_one_line(self):
        state = pathlib.Path(self.folder.name) / "state.pt"
        torch.save({"head.weight": torch.ones(1, 3), "tail.bias": torch.zeros(1)}, state)
        done = self.command("--checkpoint", str(state))
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr, r"(?m)^shakedown_export.py: .*lacks 1 of 2 tensors \(head.bias\) and has 1 others \(tail.bias\)$")


if __name__ == "__main__":
    unittest.main()
