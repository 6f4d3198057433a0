// Modalities of other clips: who gives them, that they come whole, and that nothing else moves.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <gmock/gmock.h>

#include "forms.h"
#include "perturb/support.h"

namespace shakedown::perturb {
namespace {

using testing::HasSubstr;

class CrossTest : public testing::Test {
 protected:
  Applied apply(std::size_t index, const Part& part, int replicate = 0) const {
    return apply_parts(corpus_->load(index), {part}, *corpus_, 1, replicate);
  }
  /// The clip whose audio features the sample has now.
  std::size_t audio_of(const Sample& sample) const {
    for (std::size_t i = 0; i < corpus_->size(); ++i) {
      if (corpus_->load(i).audio_features == sample.audio_features) return i;
    }
    return corpus_->size();
  }
  double label(std::size_t index) const { return corpus_->info(index).labels.at("regression").value; }
  std::string speaker(std::size_t index) const { return corpus_->info(index).speaker; }

  std::unique_ptr<Corpus> corpus_ = synthetic_corpus(40);  // file order is id order
};

TEST_F(CrossTest, ShuffleIsAPermutationWithoutFixedPoints) {
  const Part part = part_of("cross.shuffle", {{"modality", "audio"}});
  std::set<std::size_t> donors;
  std::map<std::size_t, std::size_t> other;
  for (std::size_t i = 0; i < corpus_->size(); ++i) {
    const std::size_t donor = audio_of(apply(i, part).sample);
    EXPECT_NE(donor, i);
    donors.insert(donor);
    other[i] = audio_of(apply(i, part, 1).sample);
  }
  EXPECT_EQ(donors.size(), corpus_->size()) << "each clip gives once";
  std::size_t same = 0;
  for (std::size_t i = 0; i < corpus_->size(); ++i) same += other[i] == audio_of(apply(i, part).sample) ? 1 : 0;
  EXPECT_LT(same, 6U) << "a replicate is another permutation";
}

TEST_F(CrossTest, ShuffleReportsHowOftenTheSpeakerStays) {
  const Part part = part_of("cross.shuffle", {{"modality", "text"}});
  for (std::size_t i = 0; i < 10; ++i) {
    const Applied applied = apply(i, part);
    const auto donor = static_cast<std::size_t>(applied.effects.front().decisions.front());
    EXPECT_EQ(applied.effects.front().measures.at("same_speaker"), speaker(donor) == speaker(i) ? 1 : 0);
  }
}

TEST_F(CrossTest, ExchangesEveryFormOfTheModalityAndNoOther) {
  for (const char* name : {"cross.shuffle", "cross.conflict"}) {
    for (const char* modality : {"text", "audio", "video"}) {
      const Sample before = corpus_->load(3);
      const Applied applied = apply(3, part_of(name, {{"modality", modality}}));
      ASSERT_EQ(applied.effects.front().state, State::kApplied) << name;
      for (const Form form : before.present().list()) {
        const bool written = modality_name(modality_of(form)) == modality;
        EXPECT_EQ(replaced_forms(before, applied.sample).has(form), written) << name << " " << form_name(form);
      }
      const auto donor = static_cast<std::size_t>(applied.effects.front().decisions.front());
      const bool video = std::string(modality) == "video";
      EXPECT_EQ(applied.sample.faces, (video ? corpus_->load(donor) : before).faces) << "faces belong to their clip";
    }
  }
}

TEST_F(CrossTest, ConflictTakesTheOppositeSignAndItsControlTheSame) {
  for (const char* choice : {"opposite", "same"}) {
    const Part part = part_of("cross.conflict", {{"modality", "audio"}, {"donor", choice}});
    std::set<std::size_t> donors;
    for (std::size_t i = 0; i < corpus_->size(); ++i) {
      const Applied applied = apply(i, part);
      const std::size_t donor = audio_of(applied.sample);
      donors.insert(donor);
      EXPECT_NE(speaker(donor), speaker(i));
      EXPECT_EQ(label(donor) * label(i) < 0, std::string(choice) == "opposite");
      EXPECT_EQ(applied.effects.front().measures.at("donor.regression"), label(donor));
    }
    EXPECT_GT(donors.size(), 10U);
  }
}

/// Labels as given, media of the synthetic corpus.
class Relabelled final : public Corpus {
 public:
  Relabelled(const Corpus& whole, const std::function<std::map<std::string, Label>(std::size_t)>& labels)
      : whole_(whole) {
    for (std::size_t i = 0; i < whole.size(); ++i) {
      infos_.push_back(whole.info(i));
      infos_.back().labels = labels(i);
    }
  }
  std::size_t size() const override { return whole_.size(); }
  const SampleInfo& info(std::size_t index) const override { return infos_[index]; }
  const std::vector<std::size_t>& by_id() const override { return whole_.by_id(); }
  Sample load(std::size_t index) const override {
    Sample sample = whole_.load(index);
    sample.labels = infos_[index].labels;
    return sample;
  }
  Shared<FeatureStatistics> statistics(Form form) const override { return whole_.statistics(form); }
  std::optional<Sample> external(const std::string&, const std::string&) const override { return std::nullopt; }

 private:
  const Corpus& whole_;
  std::vector<SampleInfo> infos_;
};

TEST_F(CrossTest, ConflictOfClassesWithoutSidesIsAnotherClass) {
  const char* names[] = {"joy", "anger", "fear"};
  const Relabelled corpus(*corpus_, [&](std::size_t i) {
    return std::map<std::string, Label>{{"emotion", {std::nan(""), names[i % 3]}}};
  });
  const auto donor_of = [&](std::size_t i, const char* choice) {
    const Part part = part_of("cross.conflict", {{"modality", "audio"}, {"donor", choice}});
    return audio_of(apply_parts(corpus.load(i), {part}, corpus, 1, 0).sample);
  };
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_NE(donor_of(i, "opposite") % 3, i % 3);
    EXPECT_EQ(donor_of(i, "same") % 3, i % 3);
  }
  const Applied applied = apply_parts(corpus.load(0), {part_of("cross.conflict", {{"donor", "same"}})}, corpus, 1, 0);
  EXPECT_EQ(applied.effects.front().measures.at("donor.emotion=joy"), 1);
}

TEST_F(CrossTest, NeutralClipsHaveNoOpposite) {
  const Relabelled corpus(*corpus_, [&](std::size_t i) {
    return std::map<std::string, Label>{{"sentiment", {std::nan(""), i == 0 ? "Neutral" : i % 2 ? "positive" : "x"}}};
  });
  const Applied applied = apply_parts(corpus.load(0), {part_of("cross.conflict", {})}, corpus, 1, 0);
  EXPECT_EQ(applied.effects.front().state, State::kIneligible);
  EXPECT_THAT(applied.effects.front().reason, HasSubstr("neutral"));
}

TEST_F(CrossTest, WhereNoClipSuitsTheSampleIsSkippedWithTheReason) {
  const Relabelled corpus(*corpus_, [&](std::size_t) { return std::map<std::string, Label>{{"regression", {1, ""}}}; });
  const Applied applied = apply_parts(corpus.load(0), {part_of("cross.conflict", {})}, corpus, 1, 0);
  EXPECT_EQ(applied.effects.front().state, State::kSkipped);
  EXPECT_FALSE(applied.effects.front().reason.empty());
}

TEST_F(CrossTest, DonorsOfARemovedModalityAreSharedByTheSubsets) {
  const auto mixed = [&](const char* keep, int replicate) {
    return apply(5, part_of("missing.modality", {{"keep", keep}, {"by", "donor"}}), replicate).sample;
  };
  std::set<std::size_t> donors;
  for (int replicate = 0; replicate < 16; ++replicate) {
    const Sample none = mixed("none", replicate), text = mixed("text", replicate),
                 both = mixed("text+video", replicate);
    EXPECT_EQ(none.audio_features, text.audio_features);
    EXPECT_EQ(none.audio_features, both.audio_features);
    EXPECT_EQ(none.vision_features, text.vision_features);
    EXPECT_EQ(text.transcript, corpus_->load(5).transcript);
    EXPECT_NE(speaker(audio_of(none)), speaker(5));
    donors.insert(audio_of(none));
  }
  EXPECT_GT(donors.size(), 8U) << "replicates draw anew";
}

TEST_F(CrossTest, ClipsOfOneGroupShareTheirDonorsAndGroupsDoNot) {
  const Part part = part_of("missing.modality", {{"keep", "text"}, {"by", "donor"}});
  std::size_t equal = 0;
  for (int replicate = 0; replicate < 10; ++replicate) {
    const std::size_t first = audio_of(apply(1, part, replicate).sample);
    EXPECT_EQ(first, audio_of(apply(5, part, replicate).sample)) << "synthetic clips 1 and 5 have one speaker";
    equal += first == audio_of(apply(2, part, replicate).sample) ? 1 : 0;
  }
  EXPECT_LT(equal, 4U);
}

TEST_F(CrossTest, EveryDonorRunsThroughAllCombinations) {
  const auto small = synthetic_corpus(5);
  std::set<std::vector<const void*>> seen;
  for (int replicate = 0; replicate < 25; ++replicate) {
    const Part part = part_of("missing.modality", {{"keep", "text"}, {"by", "every_donor"}});
    const Applied applied = apply_parts(small->load(2), {part}, *small, 1, replicate);
    seen.insert({applied.sample.audio_features.get(), applied.sample.vision_features.get()});
    EXPECT_EQ(applied.effects.front().state == State::kUnchanged, replicate == 2 + 5 * 2) << "its own donor";
  }
  EXPECT_EQ(seen.size(), 25U);
  const Part part = part_of("missing.modality", {{"keep", "text"}, {"by", "every_donor"}});
  EXPECT_EQ(apply_parts(small->load(2), {part}, *small, 1, 25).effects.front().state, State::kSkipped);
}

}  // namespace
}  // namespace shakedown::perturb
