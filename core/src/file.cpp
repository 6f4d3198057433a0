#include "shakedown/core/file.h"

#include <fcntl.h>
#include <fstream>
#include <unistd.h>

#include "shakedown/core/error.h"

namespace shakedown {

std::string read_text_file(const std::filesystem::path& file, std::size_t most_bytes) {
  const auto refuse = [&file](const std::string& why) { return Error(ErrorKind::kData, file.string() + ": " + why); };
  std::error_code code;
  const auto status = std::filesystem::status(file, code);
  if (!std::filesystem::exists(status)) throw refuse("there is no such file");
  if (std::filesystem::is_directory(status)) throw refuse("is a folder, a text file is needed");
  if (!std::filesystem::is_regular_file(status)) throw refuse("is not a regular file");
  const auto size = std::filesystem::file_size(file, code);
  if (!code && size > most_bytes)
    throw refuse("is larger than " + std::to_string(most_bytes >> 20U) + " MiB, more than such a file has");
  std::ifstream stream(file, std::ios::binary);
  std::string text(code ? 0 : static_cast<std::size_t>(size), '\0');
  if (code || !stream.read(text.data(), static_cast<std::streamsize>(text.size()))) throw refuse("cannot be read");
  return text;
}

namespace {

void sync_by(int (*sync)(int), const std::filesystem::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  (void)sync(descriptor);
  (void)close(descriptor);
}

}  // namespace

void sync_folder(const std::filesystem::path& folder) {
  sync_by(fsync, folder);
}

void sync_file_system(const std::filesystem::path& folder) {
  sync_by(syncfs, folder);
}

void write_text_file(const std::filesystem::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) throw Error(ErrorKind::kIncomplete, file.string() + ": cannot be written");
}

}  // namespace shakedown
