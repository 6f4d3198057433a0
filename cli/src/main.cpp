#include <algorithm>
#include <exception>
#include <iostream>
#include <new>

#include "command.h"
#include "shakedown/core/error.h"
#include "shakedown/core/text.h"
#include "shakedown/media/runtime.h"

namespace shakedown::cli {
namespace {

std::vector<Command> commands() {
  return {run_command(),      report_command(),    compare_command(),  gate_command(),
          baseline_command(), list_command(),      describe_command(), inspect_command(),
          check_command(),    dump_command(),      export_command(),   merge_command(),
          preview_command(),  catalogue_command(), selftest_command(), table_command()};
}

std::string overview() {
  std::string text =
      "shakedown " SHAKEDOWN_VERSION ": robustness stress tests for multimodal sentiment and emotion models\n\n";
  for (const auto& command : commands()) {
    text += "  " + command.name + std::string(10 - command.name.size(), ' ') +
            command.doc.substr(0, command.doc.find('\n')) + "\n";
  }
  return text + "\n'shakedown COMMAND --help' says more; any command takes --plugin FILE.so.\n";
}

int dispatch(std::vector<std::string> words) {
  if (words.empty() || words.front() == "--help" || words.front() == "-h" || words.front() == "help") {
    (words.empty() ? std::cerr : std::cout) << overview();
    return words.empty() ? exit_code(ErrorKind::kUsage) : kDone;
  }
  if (words.front() == "--version") {
    std::cout << "shakedown " SHAKEDOWN_VERSION "\n";
    return kDone;
  }
  const auto all = commands();
  const auto command = std::find_if(all.begin(), all.end(), [&](const Command& c) { return c.name == words.front(); });
  if (command == all.end()) {
    std::vector<std::string> names;
    for (const auto& known : all) names.push_back(known.name);
    throw Error(ErrorKind::kUsage, "unknown command '" + words.front() + "'" + suggestion(words.front(), names) +
                                       "; known commands: " + join(names, ", "));
  }
  words.erase(words.begin());
  auto options = command->options;
  options.push_back({"plugin", "FILE.so", "load more perturbations", "", true});
  if (std::find(words.begin(), words.end(), "--help") != words.end()) {
    std::cout << help(command->name, command->doc, options, command->positional);
    return kDone;
  }
  const auto arguments = Arguments::parse(command->name, options, command->positional, words);
  media::configure_opencv_single_thread();
  perturb::Registry registry;
  perturb::register_builtins(registry);
  for (const auto& plugin : arguments.all("plugin")) perturb::load_plugin(registry, plugin);
  const int code = command->run(arguments, registry);
  std::cout.flush();
  if (!std::cout) throw Error(ErrorKind::kIncomplete, "stdout cannot be written (disk full?)");
  return code;
}

}  // namespace
}  // namespace shakedown::cli

int main(int argc, char** argv) {
  const auto fail = [](const std::string& message, int code) {
    std::cerr << "shakedown: " << message << "\n";
    return code;
  };
  try {
    return shakedown::cli::dispatch({argv + 1, argv + argc});
  } catch (const shakedown::Error& error) {
    return fail(error.what(), shakedown::exit_code(error.kind()));
  } catch (const std::bad_alloc&) {
    return fail("out of memory: lower --memory, --jobs or --batch-size",
                shakedown::exit_code(shakedown::ErrorKind::kIncomplete));
  } catch (const std::exception& error) {
    return fail(std::string("internal error, please report it: ") + error.what(),
                shakedown::exit_code(shakedown::ErrorKind::kInternal));
  }
}
