#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "shakedown/core/sample.h"
#include "shakedown/models/model.h"

namespace shakedown::models {

/// A folder of its own for each test, removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Writes a text file and returns its path.
  [[nodiscard]] std::filesystem::path write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

struct Weights {
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

/// A TorchScript file made of `code` (definitions of methods), parameters that `self` has, and extra files.
void save_module(const std::filesystem::path& file, const std::string& code,
                 const std::map<std::string, Weights>& weights = {},
                 const std::map<std::string, std::string>& extra = {});

/// Copies a TorchScript file record by record: `edit(name, bytes)` gives the new bytes. `version` is the file
/// format that it claims, 0 to leave it.
void rewrite_module(const std::filesystem::path& from, const std::filesystem::path& to,
                    const std::function<std::string(const std::string&, std::string)>& edit, std::uint64_t version = 0);

/// steps x dims, step t dim d = start + 10 t + d; rows from `length` on are 0.
[[nodiscard]] Shared<Sequence> ramp(std::size_t steps, std::size_t dims, std::size_t length, float start = 1);
/// Ids with CLS and SEP among them, padded to `padded`.
[[nodiscard]] Shared<Tokens> tokens(const std::vector<std::int64_t>& ids, std::size_t padded);
/// Two views that are the same sample.
[[nodiscard]] std::vector<Request> same_views(const std::vector<Sample>& samples);

/// model.yaml beside a module: writes both and loads the first model.
[[nodiscard]] std::unique_ptr<Model> load_module(const Folder& folder, const std::string& code,
                                                 const std::string& manifest,
                                                 const std::map<std::string, Weights>& weights = {});

}  // namespace shakedown::models
