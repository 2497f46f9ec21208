/* The addon of trafgen: what Node cannot do by itself. Linux only; built by build.mjs. */
#include "trafgen-addon.h"

NAPI_MODULE_INIT() {
  add_injection(env, exports);
  add_icmp_socket(env, exports);
  add_tos_sockets(env, exports);
  return exports;
}
