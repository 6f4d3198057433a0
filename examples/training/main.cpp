// Trains the reference checkpoints: `prepare` passes the data through the front ends, `fit` trains one network.
#include <exception>
#include <iostream>

#include <boost/program_options.hpp>
#include <torch/utils.h>

#include "fit.h"
#include "prepare.h"
#include "shakedown/media/runtime.h"

namespace po = boost::program_options;

namespace {

int prepare(const po::variables_map& given) {
  training::PrepareOptions options;
  options.data = given["data"].as<std::string>();
  options.suite = given["suite"].as<std::string>();
  options.jobs = given["jobs"].as<int>();
  options.corrupted_rows = given["rows"].as<int>();
  training::prepare(options).save(given["pool"].as<std::string>());
  return 0;
}

int fit(const po::variables_map& given) {
  training::FitOptions options;
  options.name = given["name"].as<std::string>();
  options.robust = given.count("robust") > 0;
  options.epochs = given["epochs"].as<int>();
  options.seed = given["seed"].as<std::uint64_t>();
  training::fit(training::Pool::load(given["pool"].as<std::string>()), options, given["out"].as<std::string>());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  po::options_description options("shakedown_train prepare|fit");
  options.add_options()("command", po::value<std::string>()->required(), "prepare or fit")(
      "pool", po::value<std::string>()->required(), "file between the two")(
      "data", po::value<std::string>(), "prepare: data set")("suite", po::value<std::string>(),
                                                             "prepare: cells to be seen in training")(
      "jobs", po::value<int>()->default_value(2), "prepare: workers")("rows", po::value<int>()->default_value(6),
                                                                      "prepare: corrupted rows a clip and modality")(
      "name", po::value<std::string>()->default_value("plain"), "fit: name of the model")(
      "robust", "fit: corrupted and incomplete inputs, two views")(
      "epochs", po::value<int>()->default_value(40), "fit")("seed", po::value<std::uint64_t>()->default_value(1111),
                                                            "fit")("out", po::value<std::string>(),
                                                                   "fit: TorchScript file");
  po::positional_options_description positions;
  positions.add("command", 1);
  po::variables_map given;
  try {
    po::store(po::command_line_parser(argc, argv).options(options).positional(positions).run(), given);
    po::notify(given);
    shakedown::media::configure_opencv_single_thread();
    torch::set_num_threads(1);
    const auto& command = given["command"].as<std::string>();
    if (command == "prepare") return prepare(given);
    if (command == "fit") return fit(given);
    std::cerr << "shakedown_train: '" << command << "': prepare and fit are accepted\n";
  } catch (const std::exception& error) {
    std::cerr << "shakedown_train: " << error.what() << '\n';
  }
  return 2;
}
