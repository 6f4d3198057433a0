// The only file that includes LibTorch. It moves host memory in and out; what goes where is decided elsewhere.
#include <caffe2/serialize/inline_container.h>
#include <cstring>
#include <dlfcn.h>
#include <string_view>
#include <utility>

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/csrc/api/include/torch/version.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/graph_fuser.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/passes/tensorexpr_fuser.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/script.h>

#include "backend.h"
#include "shakedown/core/error.h"

namespace shakedown::models {
namespace {

at::ScalarType scalar_type(DType dtype) {
  switch (dtype) {
    case DType::kFloat64: return at::kDouble;
    case DType::kInt64: return at::kLong;
    case DType::kInt32: return at::kInt;
    case DType::kBool: return at::kBool;
    case DType::kUint8: return at::kByte;
    case DType::kFloat32: break;
  }
  return at::kFloat;
}

/// Runs `function`; what LibTorch throws leaves as Error(kModel).
template <class Function>
decltype(auto) guarded(Function&& function) {
  try {
    return function();
  } catch (const Error&) {
    throw;
  } catch (const c10::Error& error) {
    throw Error(ErrorKind::kModel, error.what_without_backtrace());
  } catch (const std::exception& error) {
    throw Error(ErrorKind::kModel, error.what());
  }
}

/// False where a graph may write into its arguments without raising their versions: through `.data`, an operator that
/// is not LibTorch's, or a call that is looked up while it runs.
bool versions_tell(const torch::jit::Block& block) {
  namespace prim = c10::prim;
  static const auto data = c10::Symbol::fromQualString("prim::data");
  for (const torch::jit::Node* node : block.nodes()) {
    const auto kind = node->kind();
    if (!kind.is_aten() && !kind.is_prim()) return false;
    if (kind == data || kind == prim::CallMethod || kind == prim::CallFunction) return false;
    if (node->hasAttribute(c10::attr::Subgraph) && !versions_tell(*node->g(c10::attr::Subgraph)->block())) return false;
    for (const torch::jit::Block* inner : node->blocks())
      if (!versions_tell(*inner)) return false;
  }
  return true;
}

bool versions_tell(const torch::jit::Method& method) {
  const auto graph = method.graph()->copy();
  torch::jit::Inline(*graph);
  return versions_tell(*graph->block());
}

/// Memory of arguments while tensors refer to it; a model that keeps a tensor keeps its memory.
class Loans {
 public:
  /// @param versions_tell  whether each write raises the version of the tensor
  explicit Loans(bool versions_tell) : versions_tell_(versions_tell) {}
  Loans(const Loans&) = delete;
  Loans& operator=(const Loans&) = delete;
  ~Loans() {
    for (auto& [owner, lent, version] : loans_) {
      const bool back = lent.use_count() == 1;
      owner->as_given = back && versions_tell_ && version.current_version() == 0;
      if (back) {
        owner->bytes = std::move(*lent);
      } else {
        owner->bytes = *lent;
      }
    }
  }

  [[nodiscard]] at::Tensor tensor(HostTensor& host) {
    const auto options = at::TensorOptions().dtype(scalar_type(host.dtype));
    if (host.bytes.empty()) return at::empty(host.shape, options);
    auto lent = std::make_shared<TensorBytes>(std::move(host.bytes));
    void* const data = lent->data();
    at::Tensor tensor = at::from_blob(
        data, host.shape, [lent](void*) {}, options);
    loans_.push_back({&host, std::move(lent), tensor.unsafeGetTensorImpl()->version_counter()});
    return tensor;
  }

 private:
  struct Loan {
    HostTensor* owner;
    std::shared_ptr<TensorBytes> lent;
    c10::VariableVersion version;  ///< shared with the tensor and its views
  };
  bool versions_tell_;
  std::vector<Loan> loans_;
};

class Converter {
 public:
  Converter(at::Device device, Loans& loans) : device_(device), loans_(loans) {}

  [[nodiscard]] c10::IValue convert(Value& value, c10::TypePtr type, const std::string& name) const {
    if (const auto optional = type->cast<c10::OptionalType>()) {
      if (value.kind == Value::Kind::kNone) return {};
      type = optional->getElementType();
    }
    switch (value.kind) {
      case Value::Kind::kNone: return {};
      case Value::Kind::kNumber: return number(value, *type);
      case Value::Kind::kTensor: return on_device(loans_.tensor(value.tensor), value.stays_on_host);
      case Value::Kind::kStrings: {
        c10::List<std::string> list;
        for (const std::string& text : value.strings) list.push_back(text);
        return list;
      }
      case Value::Kind::kTuple: break;
    }
    return sequence(value, type, name);
  }

 private:
  [[nodiscard]] at::Tensor on_device(at::Tensor tensor, bool stays) const {
    return stays || device_.is_cpu() ? tensor : tensor.to(device_);
  }

  [[nodiscard]] c10::IValue number(const Value& value, const c10::Type& type) const {
    switch (type.kind()) {
      case c10::TypeKind::IntType: return static_cast<std::int64_t>(value.number);
      case c10::TypeKind::BoolType: return value.number != 0;
      case c10::TypeKind::FloatType: return value.number;
      default: return on_device(at::full({}, value.number, at::TensorOptions().dtype(scalar_type(value.dtype))), false);
    }
  }

  [[nodiscard]] c10::IValue sequence(Value& value, const c10::TypePtr& type, const std::string& name) const {
    if (const auto list = type->cast<c10::ListType>()) {
      c10::impl::GenericList items(list->getElementType());
      for (Value& item : value.items) items.push_back(convert(item, list->getElementType(), name));
      return items;
    }
    const auto tuple = type->cast<c10::TupleType>();
    if (tuple && tuple->elements().size() != value.items.size()) {
      throw Error(ErrorKind::kUsage, "input '" + name + "': the manifest gives a tuple of " +
                                         std::to_string(value.items.size()) + ", forward() takes " + type->repr_str());
    }
    std::vector<c10::IValue> items;
    items.reserve(value.items.size());
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      items.push_back(convert(value.items[i], tuple ? tuple->elements()[i] : c10::AnyType::get(), name));
    }
    return c10::ivalue::Tuple::create(std::move(items));
  }

  at::Device device_;
  Loans& loans_;
};

/// Keys of a dict as a person would list them.
std::string keys_of(const c10::Dict<c10::IValue, c10::IValue>& dict) {
  std::string keys;
  for (const auto& entry : dict) {
    if (!keys.empty()) keys += ", ";
    keys += entry.key().isString() ? entry.key().toStringRef() : entry.key().tagKind();
  }
  return keys;
}

c10::IValue element(const c10::IValue& result, std::size_t index) {
  const auto out_of = [index](std::size_t count) {
    return Error(ErrorKind::kUsage, "output index " + std::to_string(index) + ": forward() returns " +
                                        std::to_string(count) + " elements");
  };
  if (result.isTuple()) {
    const auto& items = result.toTupleRef().elements();
    if (index >= items.size()) throw out_of(items.size());
    return items[index];
  }
  if (result.isTensorList() || result.isList()) {
    const auto items = result.toListRef();
    if (index >= items.size()) throw out_of(items.size());
    return items[index];
  }
  throw Error(ErrorKind::kUsage, "output index " + std::to_string(index) + ": forward() returns " + result.tagKind() +
                                     ", which has no elements");
}

c10::IValue entry(const c10::IValue& result, const std::string& key) {
  if (!result.isGenericDict()) {
    throw Error(ErrorKind::kUsage,
                "output key '" + key + "': forward() returns " + result.tagKind() + ", which has no keys");
  }
  const auto dict = result.toGenericDict();
  const auto found = dict.find(key);
  if (found == dict.end()) {
    throw Error(ErrorKind::kUsage, "output key '" + key + "' is absent; there are: " + keys_of(dict));
  }
  return found->value();
}

HostTensor pick(c10::IValue result, const Selector& selector) {
  if (selector.index) result = element(result, *selector.index);
  if (selector.key) result = entry(result, *selector.key);
  if (!result.isTensor()) {
    const std::string advice = result.isGenericDict() ? "a dict with the keys " + keys_of(result.toGenericDict()) +
                                                            ": add `output: {key: ...}` to the manifest"
                               : result.isTuple() ? "a tuple of " + std::to_string(result.toTupleRef().size()) +
                                                        ": add `output: {index: ...}` to the manifest"
                                                  : result.tagKind() + " where a tensor is needed";
    throw Error(ErrorKind::kUsage, "forward() returns " + advice);
  }
  const at::Tensor tensor = result.toTensor().detach().to(at::kCPU, at::kDouble).contiguous();
  HostTensor host{DType::kFloat64, tensor.sizes().vec(), {}};
  host.bytes.resize(tensor.nbytes());
  if (!host.bytes.empty()) std::memcpy(host.bytes.data(), tensor.data_ptr(), host.bytes.size());
  return host;
}

constexpr std::string_view kExtraFolder = "shakedown/";

/// Names of our extra files in the archive, without content: torch::jit::load() fills in what it is asked for.
torch::jit::ExtraFilesMap extra_files(const std::string& file) {
  const std::string folder = "extra/" + std::string(kExtraFolder);
  torch::jit::ExtraFilesMap extra;
  for (const std::string& record : caffe2::serialize::PyTorchStreamReader(file).getAllRecords()) {
    if (record.starts_with(folder)) extra[record.substr(folder.size() - kExtraFolder.size())];
  }
  return extra;
}

class TorchNetwork final : public Network {
 public:
  TorchNetwork(torch::jit::Module module, at::Device device, const torch::jit::ExtraFilesMap& extra)
      : module_(std::move(module)), device_(device) {
    module_.eval();
    const auto forward = module_.find_method("forward");
    if (!forward) throw Error(ErrorKind::kModel, "the module has no forward() method");
    versions_tell_ = versions_tell(*forward);
    const auto& schema = forward->function().getSchema();
    for (std::size_t i = 1; i < schema.arguments().size(); ++i) {  // 0 is self
      const auto& argument = schema.arguments()[i];
      signature_.arguments.push_back(
          {argument.name(), argument.type()->repr_str(), argument.default_value().has_value()});
      types_.push_back(argument.type());
    }
    if (!schema.returns().empty()) signature_.returns = schema.returns().front().type()->repr_str();
    for (const auto& [name, text] : extra) signature_.embedded[name.substr(kExtraFolder.size())] = text;
    if (auto manifest = signature_.embedded.extract("model.yaml")) signature_.embedded_manifest = manifest.mapped();
  }

  [[nodiscard]] const Signature& signature() const override { return signature_; }

  [[nodiscard]] HostTensor forward(std::vector<Value>& arguments, const Selector& selector) const override {
    Loans loans(versions_tell_);  // ends after all that refers to it
    return guarded([&] {
      // OpenMP keeps its thread count per calling thread: a new worker would otherwise start a pool of its own.
      thread_local const bool ready = (at::init_num_threads(), true);
      (void)ready;
      // Not InferenceMode: modules that keep state or write into views raise errors under it.
      const at::NoGradGuard no_gradients;
      const Converter converter(device_, loans);
      std::vector<c10::IValue> stack;
      stack.reserve(arguments.size());
      for (std::size_t i = 0; i < arguments.size(); ++i) {
        stack.push_back(converter.convert(arguments[i], types_.at(i), signature_.arguments.at(i).name));
      }
      return pick(torch::jit::Module(module_).forward(std::move(stack)), selector);
    });
  }

 private:
  torch::jit::Module module_;  // a handle; forward() is not const though it changes nothing
  at::Device device_;
  Signature signature_;
  std::vector<c10::TypePtr> types_;
  bool versions_tell_ = false;
};

/// A function of the OpenBLAS that LibTorch uses; null with another BLAS.
template <class Function>
Function openblas(const char* name) {
  void* library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_NOLOAD);
  return library == nullptr ? nullptr : reinterpret_cast<Function>(dlsym(library, name));
}

class TorchBackend final : public Backend {
 public:
  TorchBackend() {
    // The profiling executor and the fusers compile other code on the second call than on the first.
    torch::jit::getProfilingMode() = false;
    torch::jit::getExecutorMode() = false;
    torch::jit::setTensorExprFuserEnabled(false);
    torch::jit::overrideCanFuseOnCPULegacy(false);
    // On a GPU: the same kernels in every call, at the precision that the model was trained to.
    at::globalContext().setDeterministicCuDNN(true);
    at::globalContext().setAllowTF32CuDNN(false);
    try {
      at::set_num_interop_threads(1);
    } catch (const c10::Error&) {  // an embedding program has started the pool already; calls do not use it
    }
  }

  [[nodiscard]] std::unique_ptr<Network> load(const std::filesystem::path& file, const std::string& device,
                                              int threads_per_call) override {
    return guarded([&]() -> std::unique_ptr<Network> {
      set_threads(threads_per_call);
      const at::Device place = parse_device(device);
      torch::jit::ExtraFilesMap extra = extra_files(file.string());
      torch::jit::Module module = torch::jit::load(file.string(), place, extra);
      return std::make_unique<TorchNetwork>(std::move(module), place, extra);
    });
  }

  [[nodiscard]] std::map<std::string, std::string> environment() const override {
    std::map<std::string, std::string> facts{{"libtorch", TORCH_VERSION}, {"blas", "as built into LibTorch"}};
    facts["libtorch_threads"] = std::to_string(at::get_num_threads());
    facts["onednn"] = at::get_mkldnn_version();
    if (auto* config = openblas<char* (*)()>("openblas_get_config")) facts["blas"] = config();
    if (auto* core = openblas<char* (*)()>("openblas_get_corename")) facts["blas_kernel"] = core();
    return facts;
  }

 private:
  static void set_threads(int threads) {
    at::set_num_threads(threads);
    if (auto* set = openblas<void (*)(int)>("openblas_set_num_threads")) set(threads);
  }

  static at::Device parse_device(const std::string& name) {
    const std::string_view view = name;
    const bool numbered = view.starts_with("cuda:") && view.size() > 5 && view.size() < 8 &&
                          view.find_first_not_of("0123456789", 5) == std::string_view::npos;
    if (view != "cpu" && view != "cuda" && !numbered) {
      throw Error(ErrorKind::kUsage, "--device " + name + ": cpu, cuda or cuda:n is accepted");
    }
    const at::Device device(name);
    if (device.is_cuda() && !at::hasCUDA()) {
      throw Error(ErrorKind::kUsage,
                  "--device " + name + ": LibTorch " TORCH_VERSION " here has no CUDA, or found no GPU");
    }
    return device;
  }
};

}  // namespace
}  // namespace shakedown::models

extern "C" __attribute__((visibility("default"))) shakedown::models::Backend* shakedown_torch_backend_4() {
  static shakedown::models::TorchBackend backend;
  return &backend;
}
