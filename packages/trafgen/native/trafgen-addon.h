/* What each file of the addon adds to its exports. */
#ifndef TRAFGEN_ADDON_H
#define TRAFGEN_ADDON_H

#include <napi-values.h>

void add_injection(napi_env env, napi_value exports);
void add_icmp_socket(napi_env env, napi_value exports);
void add_tos_sockets(napi_env env, napi_value exports);

#endif
