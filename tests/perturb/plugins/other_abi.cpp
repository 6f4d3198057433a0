// A plugin of another time.
namespace shakedown::perturb {
class Registry;
}
extern "C" __attribute__((visibility("default"))) unsigned shakedown_plugin_abi() {
  return 4242;
}
extern "C" __attribute__((visibility("default"))) void shakedown_plugin_register(shakedown::perturb::Registry&) {}
