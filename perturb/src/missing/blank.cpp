#include "missing/blank.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "forms.h"
#include "missing/fill.h"

namespace shakedown::perturb {
namespace {

Shared<Tokens> unknown(const Tokens& whole, int unk_id) {
  auto tokens = std::make_shared<Tokens>(whole);
  const auto roles = whole.roles();
  tokens->observed.resize(tokens->padded(), 1);
  for (std::size_t i = 0; i < roles.size(); ++i) {
    if (roles[i] != TokenRole::kText) continue;
    tokens->ids[i] = unknown_id(whole, unk_id);
    tokens->observed[i] = 0;
  }
  return tokens;
}

Shared<Sequence> zeros(const Shared<Sequence>& whole) {
  std::vector<std::size_t> all(whole->steps);
  std::iota(all.begin(), all.end(), std::size_t{0});
  auto sequence = zeroed(whole, all);
  sequence->observed.assign(sequence->steps, 0);
  return sequence;
}

Shared<Clip> black(const Clip& whole) {
  auto clip = std::make_shared<Clip>(whole);
  std::map<std::pair<int, int>, Shared<Image>> by_size;  // one black picture serves all frames of its size
  for (Shared<Image>& frame : clip->frames) {
    Shared<Image>& image = by_size[{frame->width, frame->height}];
    if (!image) {
      image = std::make_shared<Image>(
          Image{frame->width, frame->height, std::vector<std::uint8_t>(frame->pixels.size(), 0)});
    }
    frame = image;
  }
  return clip;
}

}  // namespace

void blank(Sample& sample, Form form, int unk_id) {
  switch (form) {
    case Form::kTranscript:
      sample.transcript = std::make_shared<Transcript>(Transcript{"", {}, sample.transcript->language});
      break;
    case Form::kTokens: sample.tokens = unknown(*sample.tokens, unk_id); break;
    case Form::kWaveform: {
      auto silence = std::make_shared<Waveform>(*sample.waveform);
      std::fill(silence->pcm.begin(), silence->pcm.end(), 0.0F);
      sample.waveform = std::move(silence);
      break;
    }
    case Form::kFrames: sample.clip = black(*sample.clip); break;
    case Form::kEmbedding:
    case Form::kAudioFeatures:
    case Form::kVisionFeatures: set_sequence(sample, form, zeros(sequence_of(sample, form))); break;
  }
}

bool blank_modality(Sample& sample, Modality modality, int unk_id) {
  bool present = false;
  for (const Form form : sample.present().list()) {
    if (modality_of(form) != modality) continue;
    blank(sample, form, unk_id);
    present = true;
  }
  return present;
}

}  // namespace shakedown::perturb
