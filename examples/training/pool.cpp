#include "pool.h"

#include <torch/serialize.h>

#include "shakedown/core/text.h"

namespace training {
namespace {

template <class Function>
void for_each_tensor(Split& split, const std::string& name, Function&& function) {
  function(name + ".text", split.text);
  function(name + ".mel", split.mel);
  function(name + ".mel_lengths", split.mel_lengths);
  function(name + ".faces", split.faces);
  function(name + ".face_lengths", split.face_lengths);
  function(name + ".label", split.label);
  function(name + ".modality_label", split.modality_label);
}

}  // namespace

Batch gather(const Split& split, const torch::Tensor& clips, const torch::Tensor& rows) {
  const auto pick = [&](const torch::Tensor& all, int modality) {
    return all.flatten(0, 1).index_select(0, clips * split.rows() + rows.select(1, modality));
  };
  return {pick(split.text, 0), pick(split.mel, 1), pick(split.mel_lengths, 1),
          pick(split.faces, 2).to(torch::kFloat32) / 255.0, pick(split.face_lengths, 2)};
}

Batch join(const Batch& first, const Batch& second) {
  return {torch::cat({first.text, second.text}), torch::cat({first.mel, second.mel}),
          torch::cat({first.mel_lengths, second.mel_lengths}), torch::cat({first.faces, second.faces}),
          torch::cat({first.face_lengths, second.face_lengths})};
}

void Pool::save(const std::filesystem::path& file) const {
  torch::serialize::OutputArchive archive;
  Pool pool = *this;  // handles of the same tensors
  const auto write = [&](const std::string& name, const torch::Tensor& tensor) { archive.write(name, tensor, true); };
  for_each_tensor(pool.train, "train", write);
  for_each_tensor(pool.valid, "valid", write);
  write("absent", absent);
  archive.write("vocabulary", c10::IValue(vocabulary));
  archive.write("trained_with", c10::IValue(shakedown::join(trained_with, "\n")));
  archive.save_to(file.string());
}

Pool Pool::load(const std::filesystem::path& file) {
  torch::serialize::InputArchive archive;
  archive.load_from(file.string());
  Pool pool;
  const auto read = [&](const std::string& name, torch::Tensor& tensor) { archive.read(name, tensor, true); };
  for_each_tensor(pool.train, "train", read);
  for_each_tensor(pool.valid, "valid", read);
  read("absent", pool.absent);
  c10::IValue text;
  archive.read("vocabulary", text);
  pool.vocabulary = text.toStringRef();
  archive.read("trained_with", text);
  if (!text.toStringRef().empty()) pool.trained_with = shakedown::split(text.toStringRef(), '\n');
  return pool;
}

}  // namespace training
