#include "shakedown/datasets/corpus.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/support.h"

namespace shakedown::datasets::testing {
namespace {

using ::testing::ElementsAre;

/// Samples of 1000 audio frames each, counting how often they are decoded.
class CountingDataset : public Dataset {
 public:
  CountingDataset() {
    for (const char* const id : {"c", "a", "d", "b"}) infos_.push_back({id, id, id, {}, {}});
  }
  std::size_t size() const override { return infos_.size(); }
  const SampleInfo& info(std::size_t index) const override { return infos_.at(index); }
  Sample load(std::size_t index) const override {
    ++loads;
    Sample sample;
    sample.id = info(index).id;
    sample.waveform = std::make_shared<const Waveform>(Waveform{std::vector<float>(1000, 0.5F)});
    return sample;
  }
  Forms forms() const override { return {Form::kWaveform}; }
  Shared<FeatureStatistics> statistics(Form) const override { return nullptr; }
  std::string name() const override { return {}; }
  std::string format() const override { return {}; }
  std::string convention() const override { return {}; }
  std::vector<std::string> label_names() const override { return {}; }
  std::vector<InputFile> files() const override { return {}; }
  std::vector<std::string> notes() const override { return {}; }
  std::vector<std::pair<std::string, std::string>> facts() const override { return {}; }
  std::vector<Warning> warnings() const override { return {}; }

  mutable std::atomic<int> loads{0};

 private:
  std::vector<SampleInfo> infos_;
};

TEST(DatasetCorpusTest, IndicesAreSortedById) {
  const CountingDataset dataset;
  EXPECT_THAT(DatasetCorpus(dataset, 0).by_id(), ElementsAre(1, 3, 0, 2));
}

TEST(DatasetCorpusTest, RecentSamplesAreKeptWithinTheBound) {
  const CountingDataset dataset;
  const DatasetCorpus corpus(dataset, 10'000);  // two samples of about 4 kB
  (void)corpus.load(0);
  (void)corpus.load(1);
  (void)corpus.load(0);
  EXPECT_EQ(dataset.loads, 2);
  (void)corpus.load(2);  // drops 1, the least recently used
  EXPECT_LE(corpus.cached_bytes(), 10'000U);
  (void)corpus.load(0);
  EXPECT_EQ(dataset.loads, 3);
  EXPECT_EQ(corpus.load(1).id, "a");
  EXPECT_EQ(dataset.loads, 4);
}

TEST(DatasetCorpusTest, ASampleAboveTheBoundIsGivenButNotKept) {
  const CountingDataset dataset;
  const DatasetCorpus corpus(dataset, 100);
  EXPECT_EQ(corpus.load(0).waveform->frames(), 1000U);
  EXPECT_EQ(corpus.cached_bytes(), 0U);
}

TEST(DatasetCorpusTest, ManyThreadsGetTheirSamples) {
  const CountingDataset dataset;
  const DatasetCorpus corpus(dataset, 10'000);
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::size_t i = 0; i < 2000; ++i) {
        const std::size_t index = (i * (thread + 1)) % dataset.size();
        wrong += corpus.load(index).id == dataset.info(index).id ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(DatasetCorpusTest, ExternalSamplesAreJoinedById) {
  const Folder folder;
  const auto file = folder.write("park.pkl", small_split({1, 2}, [](Pickler& pickler) {
                                   pickler.text("id").op("](").text("z").text("a").op("e");
                                 }));
  const CountingDataset dataset;
  const DatasetCorpus corpus(dataset, 0);
  const auto joined = corpus.external(file.string(), "a");
  ASSERT_TRUE(joined);
  EXPECT_EQ(joined->labels.at("regression").value, 2);
  std::filesystem::remove(file);  // opened once
  EXPECT_TRUE(corpus.external(file.string(), "z"));
  EXPECT_FALSE(corpus.external(file.string(), "b"));
  EXPECT_NE(refusal([&] { (void)corpus.external((folder.path() / "absent.pkl").string(), "a"); }), "");
}

}  // namespace
}  // namespace shakedown::datasets::testing
