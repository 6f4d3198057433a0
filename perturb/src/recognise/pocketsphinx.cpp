// PocketSphinx (Huggins-Daines et al., ICASSP 2006): HMMs, a trigram language model, no neural network and no download.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <dlfcn.h>
#include <mutex>
#include <pocketsphinx.h>
#include <sphinxbase/err.h>
#include <utility>

#include <fmt/format.h>

#include "recognise/open.h"
#include "shakedown/core/error.h"
#include "shakedown/media/audio.h"
#include "shakedown/perturb/recognisers.h"

namespace shakedown::perturb {
namespace {

constexpr int kRate = 16000;

struct Free {
  void operator()(ps_decoder_t* decoder) const { ps_free(decoder); }
};
using Decoder = std::unique_ptr<ps_decoder_t, Free>;

class PocketSphinx final : public Recogniser {
 public:
  explicit PocketSphinx(PocketSphinxModel model) : model_(std::move(model)) {
    for (const auto& [part, path] : models()) {
      std::error_code code;
      if (!std::filesystem::exists(path, code)) {
        throw Error(ErrorKind::kUsage,
                    fmt::format("PocketSphinx's {} '{}' does not exist: the Debian package pocketsphinx-en-us has one "
                                "for US English; or name another recogniser with asr:",
                                part, path.string()));
      }
    }
    idle_.push_back(make());
  }

  std::string recognise(const Utterance& utterance) const override {
    const auto sound = media::mono_at(utterance.waveform, kRate);
    if (sound.empty()) return "";
    std::vector<std::int16_t> samples(sound.size());
    std::transform(sound.begin(), sound.end(), samples.begin(), [](float value) {
      return static_cast<std::int16_t>(std::clamp(std::nearbyint(value * 32768.0F), -32768.0F, 32767.0F));
    });
    Decoder decoder = take();
    std::string words;
    // A stream of its own: the tracker of the noise starts anew, and the whole utterance at once leaves the cepstral
    // mean to this utterance alone.
    const bool done = ps_start_stream(decoder.get()) == 0 && ps_start_utt(decoder.get()) == 0 &&
                      ps_process_raw(decoder.get(), samples.data(), samples.size(), FALSE, TRUE) >= 0 &&
                      ps_end_utt(decoder.get()) == 0;
    if (!done) throw Error(ErrorKind::kData, "PocketSphinx cannot decode it");  // and this decoder is not used again
    std::int32_t score = 0;
    if (const char* heard = ps_get_hyp(decoder.get(), &score)) words = words_of(heard);
    const std::scoped_lock lock(mutex_);
    idle_.push_back(std::move(decoder));
    return words;
  }

  std::vector<std::pair<std::string, std::filesystem::path>> files() const override {
    auto files = models();
    Dl_info library{};  // another version hears other words
    std::error_code code;
    if (dladdr(reinterpret_cast<const void*>(&ps_init), &library) != 0)
      files.emplace_back("library", std::filesystem::canonical(library.dli_fname, code));
    return files;
  }

 private:
  std::vector<std::pair<std::string, std::filesystem::path>> models() const {
    return {{"acoustic_model", model_.acoustic_model},
            {"language_model", model_.language_model},
            {"dictionary", model_.dictionary}};
  }

  Decoder take() const {
    {
      const std::scoped_lock lock(mutex_);
      if (!idle_.empty()) {
        Decoder decoder = std::move(idle_.back());
        idle_.pop_back();
        return decoder;
      }
    }
    return make();
  }

  Decoder make() const {
    static std::mutex one_at_a_time;  // its log is global
    const std::scoped_lock lock(one_at_a_time);
    err_set_logfp(nullptr);
    cmd_ln_t* settings =
        cmd_ln_init(nullptr, ps_args(), TRUE, "-hmm", model_.acoustic_model.c_str(), "-lm",
                    model_.language_model.c_str(), "-dict", model_.dictionary.c_str(), "-logfn", "/dev/null", nullptr);
    Decoder decoder(settings == nullptr ? nullptr : ps_init(settings));
    if (settings != nullptr) cmd_ln_free_r(settings);
    err_set_logfp(nullptr);
    if (!decoder) {
      throw Error(ErrorKind::kUsage,
                  fmt::format("PocketSphinx cannot use {}, {} and {} together", model_.acoustic_model.string(),
                              model_.language_model.string(), model_.dictionary.string()));
    }
    return decoder;
  }

  PocketSphinxModel model_;
  mutable std::mutex mutex_;
  mutable std::vector<Decoder> idle_;  // as many as have been at work at one time
};

}  // namespace

PocketSphinxModel PocketSphinxModel::installed() {
  const std::filesystem::path folder = "/usr/share/pocketsphinx/model/en-us";
  return {folder / "en-us", folder / "en-us.lm.bin", folder / "cmudict-en-us.dict"};
}

std::unique_ptr<const Recogniser> make_pocketsphinx(const PocketSphinxModel& model) {
  return std::make_unique<PocketSphinx>(model);
}

std::unique_ptr<const Recogniser> open_pocketsphinx(const Yaml& section, const std::filesystem::path& folder) {
  section.only({"acoustic_model", "language_model", "dictionary"});
  auto model = PocketSphinxModel::installed();
  for (const auto& [key, path] :
       {std::pair("acoustic_model", &model.acoustic_model), std::pair("language_model", &model.language_model),
        std::pair("dictionary", &model.dictionary)}) {
    if (const auto value = section.get(key)) *path = existing(value, folder);
  }
  return make_pocketsphinx(model);
}

}  // namespace shakedown::perturb
