/*
 * The addon of the probe: libpcap, and the machine it captures on and its memory. Built by build.mjs.
 *
 * N-API keeps the binary valid for every Node from 18 on, in any number of threads.
 */
#include "capture-addon.h"

NAPI_MODULE_INIT() {
  add_capture(env, exports);
  add_filters(env, exports);
  add_machine(env, exports);
  add_memory(env, exports);
  return exports;
}
