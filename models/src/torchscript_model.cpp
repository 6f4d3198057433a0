#include <algorithm>
#include <cstring>
#include <utility>

#include "backend.h"
#include "binder.h"
#include "blame.h"
#include "golden.h"
#include "open_network.h"
#include "shakedown/core/error.h"
#include "shakedown/core/file.h"
#include "shakedown/core/text.h"
#include "shakedown/models/model.h"
#include "signature.h"
#include "translate.h"

namespace shakedown::models {
namespace {

std::string shape_of(const HostTensor& output) {
  Value value;
  value.kind = Value::Kind::kTensor;
  value.tensor.dtype = output.dtype;
  value.tensor.shape = output.shape;
  return describe(value);
}

/// forward()'s result for dialogues, the first `count` utterances x K.
Predictions utterance_rows(const HostTensor& output, const Grid& grid, std::size_t count, OutputSpec::Layout layout) {
  using Layout = OutputSpec::Layout;
  std::vector<std::size_t> extents;
  for (const std::int64_t extent : output.shape) extents.push_back(static_cast<std::size_t>(extent));
  std::vector<std::size_t> leading{grid.rows, grid.utterances};
  if (layout == Layout::kUtterances) leading = {grid.utterances, grid.rows};
  if (layout == Layout::kPacked) leading = {grid.size()};
  const std::size_t axes = leading.size();
  const bool fits = extents.size() >= axes && std::equal(leading.begin(), leading.end(), extents.begin()) &&
                    std::count_if(extents.begin() + static_cast<std::ptrdiff_t>(axes), extents.end(),
                                  [](std::size_t e) { return e != 1; }) <= 1;
  if (!fits) {
    throw Error(ErrorKind::kModel, "the output is " + shape_of(output) + " for " + std::to_string(grid.rows) +
                                       " dialogues of up to " + std::to_string(grid.utterances) + ", " +
                                       std::to_string(grid.size()) +
                                       " utterances in all: [B, U, K] is needed, or `output: {layout: UB}` for "
                                       "[U, B, K], `layout: packed` for [utterances, K]");
  }
  std::size_t places = 1;
  for (const std::size_t extent : leading) places *= extent;
  Predictions predictions;
  predictions.rows = count;
  predictions.columns = output.bytes.size() / sizeof(double) / places;
  if (predictions.columns == 0) throw Error(ErrorKind::kModel, "the output has no columns");
  predictions.values.resize(count * predictions.columns);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t place = layout == Layout::kPacked       ? i
                              : layout == Layout::kUtterances ? grid.at[i] * grid.rows + grid.row[i]
                                                              : grid.row[i] * grid.utterances + grid.at[i];
    std::memcpy(predictions.values.data() + i * predictions.columns,
                output.bytes.data() + place * predictions.columns * sizeof(double),
                predictions.columns * sizeof(double));
  }
  return predictions;
}

/// The first `rows` rows of forward()'s result for a batch of `batch`, as rows x K.
Predictions to_rows(const HostTensor& output, std::size_t batch, std::size_t rows) {
  std::vector<std::size_t> extents;
  for (const std::int64_t extent : output.shape) extents.push_back(static_cast<std::size_t>(extent));
  // With a batch of one, models that squeeze give [K] or a bare number.
  if (batch == 1 && (extents.empty() || (extents.size() == 1 && extents[0] > 1))) extents.insert(extents.begin(), 1);
  const auto wide =
      extents.empty() ? 0 : std::count_if(extents.begin() + 1, extents.end(), [](std::size_t e) { return e != 1; });
  if (extents.empty() || extents[0] != batch || wide > 1) {
    throw Error(ErrorKind::kModel, "the output is " + shape_of(output) + " for a batch of " + std::to_string(batch) +
                                       ": one row a sample, [B], [B, 1] or [B, K], is needed");
  }
  Predictions predictions;
  predictions.rows = rows;
  predictions.columns = output.bytes.size() / sizeof(double) / batch;
  if (predictions.columns == 0) throw Error(ErrorKind::kModel, "the output has no columns");
  predictions.values.resize(rows * predictions.columns);
  std::memcpy(predictions.values.data(), output.bytes.data(), predictions.values.size() * sizeof(double));
  return predictions;
}

[[nodiscard]] std::optional<ExportCheck> check_export(const std::filesystem::path& file,
                                                      const std::shared_ptr<const Network>& network);

class TorchscriptModel final : public Model {
 public:
  TorchscriptModel(Manifest manifest, std::filesystem::path file, std::shared_ptr<const Network> network,
                   std::shared_ptr<const Binder> binder)
      : manifest_(std::move(manifest)),
        file_(std::move(file)),
        network_(std::move(network)),
        binder_(std::move(binder)),
        selector_{manifest_.output.index, manifest_.output.key} {}

  [[nodiscard]] const Manifest& manifest() const override { return manifest_; }
  [[nodiscard]] const std::filesystem::path& file() const override { return file_; }
  [[nodiscard]] Predictions predict(std::span<const Request> batch) const override { return prepare(batch)->run(); }

  [[nodiscard]] std::unique_ptr<Prepared> prepare(std::span<const Request> batch) const override {
    return prepare(batch, {});
  }
  [[nodiscard]] std::optional<ExportCheck> check_export() const override {
    return models::check_export(file_, network_);
  }

  /// With rows of `maker` where one is given.
  [[nodiscard]] std::unique_ptr<Prepared> prepare(std::span<const Request> batch, const RowMaker& maker) const {
    auto prepared = std::make_unique<Calls>(*this);
    const Grid whole = binder_->grid(batch);
    const std::size_t most = manifest_.fixed_batch.value_or(std::max<std::size_t>(1, whole.rows));
    std::size_t first = 0;
    for (std::size_t row = 0; row < whole.rows; row += most) {
      std::size_t count = 0, last_row = 0;  // requests of these rows
      for (std::size_t r = row; r < std::min(row + most, whole.rows); ++r) count += last_row = whole.lengths[r];
      const auto part = batch.subspan(first, count);
      std::vector<Request> filled(part.begin(), part.end());
      if (manifest_.fixed_batch) fill(filled, std::min(most, whole.rows - row), most, part.last(last_row));
      std::vector<Held> held;
      auto arguments = binder_->bind(filled, maker, &held);
      prepared->add(std::move(arguments), std::move(held), binder_->grid(filled), count);
      first += count;
    }
    return prepared;
  }

 private:
  /// Repeats the last row up to `most` of them.
  static void fill(std::vector<Request>& batch, std::size_t rows, std::size_t most, std::span<const Request> last) {
    for (std::size_t copy = 1; rows < most; ++rows, ++copy) {
      for (const Request& request : last)  // a number of its own, and so a row of its own
        batch.push_back({request.perturbed, request.clean, request.dialogue + copy});
    }
  }

  /// Mostly one call; several when a batch is larger than the model's fixed one.
  class Calls final : public Prepared {
   public:
    explicit Calls(const TorchscriptModel& model) : model_(model) {}
    ~Calls() override {
      for (Call& call : calls_) Binder::take_back(call.arguments, call.held);
    }
    Calls(const Calls&) = delete;
    Calls& operator=(const Calls&) = delete;
    void add(std::vector<Value> arguments, std::vector<Held> held, Grid grid, std::size_t count) {
      calls_.push_back({std::move(arguments), std::move(held), std::move(grid), count});
    }
    [[nodiscard]] Predictions run() override {
      Predictions all;
      for (Call& call : calls_) {
        const Predictions part = model_.forward(call.arguments, call.grid, call.count);
        all.rows += part.rows;
        all.columns = part.columns;
        all.values.insert(all.values.end(), part.values.begin(), part.values.end());
      }
      return all;
    }

   private:
    struct Call {
      std::vector<Value> arguments;
      std::vector<Held> held;
      Grid grid;
      std::size_t count;  ///< requests that were asked; the others fill
    };
    const TorchscriptModel& model_;
    std::vector<Call> calls_;
  };

  [[nodiscard]] Predictions forward(std::vector<Value>& arguments, const Grid& grid, std::size_t count) const {
    HostTensor output;
    try {
      output = network_->forward(arguments, selector_);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kModel) throw;
      const ForwardFault fault = translate_forward_error(error.what());
      if (fault.out_of_memory) throw OutOfMemory(memory_advice(fault.reason, grid.rows));
      throw explained(fault, arguments);
    }
    return manifest_.dialogues ? utterance_rows(output, grid, count, manifest_.output.layout)
                               : to_rows(output, grid.rows, count);
  }

  [[nodiscard]] std::string memory_advice(const std::string& reason, std::size_t rows) const {
    const std::string what = manifest_.dialogues ? "dialogue" : "row";
    const std::string fact = "forward(): out of memory in a call of " + std::to_string(rows) + " " + what +
                             (rows == 1 ? "" : "s") + " (" + reason + "): ";
    if (manifest_.fixed_batch)
      return fact + "`batch: {fixed: " + std::to_string(*manifest_.fixed_batch) + "}`: export it with a smaller batch";
    // Models are probed with two rows, whatever the batch size.
    if (rows <= 2) return fact + "it needs a machine or a device with more memory";
    return fact + "try --batch-size " + std::to_string(rows / 2);
  }

  /// LibTorch's message as one line that names the input at fault, or all of them when none can be singled out.
  [[nodiscard]] Error explained(const ForwardFault& fault, const std::vector<Value>& arguments) const {
    std::string message = "forward(): " + fault.reason;
    if (fault.explained) return {ErrorKind::kModel, message};
    const auto runs = [this](std::vector<Value>& changed) {
      try {
        (void)network_->forward(changed, selector_);
        return true;
      } catch (const Error&) {
        return false;
      }
    };
    const auto input = find_fault(manifest_.inputs, arguments, fault.reason, runs);
    message += input ? ": " + *input : ": given were " + describe(manifest_.inputs, arguments);
    return {ErrorKind::kModel, message};
  }

  Manifest manifest_;
  std::filesystem::path file_;
  std::shared_ptr<const Network> network_;
  std::shared_ptr<const Binder> binder_;
  Selector selector_;
};

/// Vocabularies that travel inside the file `file`. Those of the manifest inside it win over files beside it; for a
/// manifest of its own, in `folder`, they stand in for files that are not there.
void take_vocabularies(std::vector<InputSpec>& inputs, const std::filesystem::path& folder,
                       const std::filesystem::path& file, const Signature& signature, bool own_manifest) {
  for (InputSpec& input : inputs) {
    take_vocabularies(input.tuple, folder, file, signature, own_manifest);
    for (Vocabulary* vocabulary : {&input.vocab, &input.merges}) {
      const auto inside = signature.embedded.find(vocabulary->file.lexically_proximate(folder).generic_string());
      if (vocabulary->empty() || inside == signature.embedded.end()) continue;
      std::error_code unreadable;
      if (!own_manifest && std::filesystem::exists(vocabulary->file, unreadable)) continue;
      vocabulary->file = file.string() + ":shakedown/" + inside->first;
      vocabulary->content = std::make_shared<const std::string>(inside->second);
    }
  }
}

/// The manifest inside the file, else one matched from argument names. Files have no say in where others lie
/// but for their vocabulary, which is looked for inside and then beside them.
Manifest own_manifest(const std::filesystem::path& file, const Signature& signature) {
  if (signature.embedded_manifest.empty()) {
    return in_context(file.string(), [&] { return match_arguments(signature, file); });
  }
  const std::string name = file.string() + ":shakedown/model.yaml";
  Manifest manifest = Manifest::parse(Yaml::parse(signature.embedded_manifest, name), file.parent_path());
  take_vocabularies(manifest.inputs, file.parent_path(), file, signature, true);
  manifest.text = signature.embedded_manifest;
  manifest.torchscript = {file};
  return manifest;
}

void complete_manifest(Manifest& manifest, const std::filesystem::path& file, const Signature& signature) {
  if (manifest.name.empty()) manifest.name = manifest.torchscript.front().stem().string();
  in_context(file.string(), [&] {
    if (manifest.inputs.empty()) manifest.inputs = match_arguments(signature, file).inputs;
    name_arguments(manifest.inputs, signature);
  });
}

std::unique_ptr<TorchscriptModel> make_model(Manifest manifest, const std::filesystem::path& file,
                                             std::shared_ptr<const Network> network) {
  auto binder = std::make_shared<const Binder>(manifest.inputs, RowRule{manifest.dialogues, manifest.utterances});
  return std::make_unique<TorchscriptModel>(std::move(manifest), file, std::move(network), std::move(binder));
}

std::optional<ExportCheck> check_export(const std::filesystem::path& file,
                                        const std::shared_ptr<const Network>& network) {
  const auto& embedded = network->signature().embedded;
  const auto found = embedded.find("golden.yaml");
  if (found == embedded.end()) return std::nullopt;
  const Golden golden = Golden::parse(found->second, file.string() + ":shakedown/golden.yaml");
  // By the manifest that was exported with them: one beside the file may say other things.
  Manifest manifest = own_manifest(file, network->signature());
  complete_manifest(manifest, file, network->signature());
  const auto model = make_model(std::move(manifest), file, network);
  std::vector<Sample> samples(golden.outputs.size());
  std::vector<Request> batch;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i].id = "golden row " + std::to_string(i);
    samples[i].transcript = std::make_shared<const Transcript>(Transcript{golden.text(i), {}, {}});
    batch.push_back({samples[i], samples[i], i});
  }
  const RowMaker maker = [&](const std::string& base, const Request& request, bool complete) {
    return golden.row(base, static_cast<std::size_t>(&request.perturbed - samples.data()), complete);
  };
  return in_context(file.string(), [&] { return golden.compare(model->prepare(batch, maker)->run()); });
}

bool is_manifest(const std::filesystem::path& file) {
  return file.extension() == ".yaml" || file.extension() == ".yml";
}

}  // namespace

std::vector<std::unique_ptr<Model>> load(const std::filesystem::path& path, const LoadOptions& options) {
  if (options.threads_per_call < 1 || options.threads_per_call > 1024) {
    throw Error(ErrorKind::kUsage,
                "--threads-per-call " + std::to_string(options.threads_per_call) + ": 1 to 1024 is accepted");
  }
  std::optional<Manifest> given;
  std::vector<std::filesystem::path> files{path};
  if (is_manifest(path)) {
    const std::string text = read_text_file(path, kMostYamlBytes);
    const Yaml yaml = Yaml::parse(text, path.string());
    given = Manifest::parse(yaml, path.parent_path());
    given->text = text;
    files = given->torchscript;
    if (files.empty()) yaml.fail("'torchscript:' is missing: the file, or a list of training seeds");
  }
  std::vector<std::unique_ptr<Model>> models;
  for (const auto& file : files) {
    std::shared_ptr<const Network> network = open_network(file, options);
    Manifest manifest = given ? *given : own_manifest(file, network->signature());
    if (given) take_vocabularies(manifest.inputs, path.parent_path(), file, network->signature(), false);
    complete_manifest(manifest, given ? path : file, network->signature());
    models.push_back(make_model(std::move(manifest), file, std::move(network)));
  }
  return models;
}

Inspection inspect(const std::filesystem::path& file) {
  const std::shared_ptr<const Network> network = open_network(file, {});
  const Signature& signature = network->signature();
  Inspection inspection;
  for (const Argument& argument : signature.arguments) inspection.arguments.emplace_back(argument.name, argument.type);
  inspection.returns = signature.returns;
  inspection.embedded = !signature.embedded_manifest.empty();
  inspection.check = check_export(file, network);
  if (!inspection.embedded) {
    inspection.manifest = propose_manifest(signature, file);
    return inspection;
  }
  inspection.manifest = signature.embedded_manifest;
  // Inside the file it need not say which file; beside it, it must.
  if (!Yaml::parse(signature.embedded_manifest, file.string()).has("torchscript")) {
    if (!inspection.manifest.ends_with('\n')) inspection.manifest += '\n';
    inspection.manifest += "torchscript: " + file.filename().string() + "\n";
  }
  return inspection;
}

std::map<std::string, std::string> environment() {
  return backend().environment();
}

}  // namespace shakedown::models
