/* What each file of the addon adds to its exports, and what they agree on. */
#ifndef CAPTURE_ADDON_H
#define CAPTURE_ADDON_H

/* Of C11 alone, libpcap's headers lack their types. */
#define _GNU_SOURCE

#include <napi-values.h>

/* The names of interfaces and the filters that fit; the schema allows 63 and 4096 characters of up to 4 bytes. */
#define NAME_BYTES 256
#define FILTER_BYTES 16385

void add_capture(napi_env env, napi_value exports);
void add_filters(napi_env env, napi_value exports);
void add_machine(napi_env env, napi_value exports);
void add_memory(napi_env env, napi_value exports);

#endif
