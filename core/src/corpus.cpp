#include "shakedown/core/corpus.h"

#include <algorithm>

namespace shakedown {

SampleShape shape_of(const Sample& sample) {
  SampleShape shape;
  const auto set = [&](Form form, std::size_t length, std::size_t padded) {
    shape.extents[static_cast<std::size_t>(form)] = {length, padded};
  };
  if (sample.tokens) set(Form::kTokens, sample.tokens->length(), sample.tokens->padded());
  if (sample.embedding) set(Form::kEmbedding, sample.embedding->length, sample.embedding->steps);
  if (sample.audio_features) set(Form::kAudioFeatures, sample.audio_features->length, sample.audio_features->steps);
  if (sample.vision_features) set(Form::kVisionFeatures, sample.vision_features->length, sample.vision_features->steps);
  return shape;
}

Shared<Recogniser> Corpus::recogniser(const std::string&) const {
  return nullptr;
}

Shared<std::vector<SampleShape>> Corpus::shapes() const {
  const std::scoped_lock lock(shapes_mutex_);  // held while loading: the others need the same
  if (shapes_) return shapes_;
  auto shapes = std::make_shared<std::vector<SampleShape>>();
  for (std::size_t i = 0; i < size(); ++i) shapes->push_back(shape(i));
  shapes_ = std::move(shapes);
  return shapes_;
}

Shared<std::vector<Shared<Transcript>>> Corpus::transcripts() const {
  const std::scoped_lock lock(transcripts_mutex_);
  if (transcripts_) return transcripts_;
  auto transcripts = std::make_shared<std::vector<Shared<Transcript>>>();
  for (std::size_t i = 0; i < size(); ++i) transcripts->push_back(transcript(i));
  transcripts_ = std::move(transcripts);
  return transcripts_;
}

const ColumnBlock* find_block(const std::vector<ColumnBlock>& columns, Form form, std::string_view name) {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const ColumnBlock& block) { return block.form == form && block.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

}  // namespace shakedown
