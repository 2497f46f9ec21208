/* Capture filters without an interface: a replay leaves out what the kernel would have. */
#include "capture-addon.h"
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

static const napi_type_tag FILTER_TAG = {0x7472616643617074ULL, 0x7572652d66696c74ULL};

static void free_filter(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  pcap_freecode(data);
  free(data);
}

/* compile(linkType, snapBytes, text) -> filter */
static napi_value compile(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value args[3], external;
  char text[FILTER_BYTES], message[PCAP_ERRBUF_SIZE];
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  if (!text_of(env, args[2], text, sizeof text)) return fail(env, "BAD_FILTER", "not a text, or too long");
  pcap_t *pcap = pcap_open_dead(int_of(env, args[0]), int_of(env, args[1]));
  struct bpf_program *program = calloc(1, sizeof *program);
  if (pcap == NULL || program == NULL) {
    if (pcap != NULL) pcap_close(pcap);
    free(program);
    return fail(env, "FAILED", "out of memory");
  }
  int refused = pcap_compile(pcap, program, text, 1, PCAP_NETMASK_UNKNOWN);
  snprintf(message, sizeof message, "%s", pcap_geterr(pcap));
  pcap_close(pcap);
  if (refused != 0) {
    free(program);
    return fail(env, "BAD_FILTER", message);
  }
  napi_create_external(env, program, free_filter, NULL, &external);
  napi_type_tag_object(env, external, &FILTER_TAG);
  return external;
}

/* matches(filter, bytes, offset, capturedBytes, wireBytes) -> whether the frame passes. */
static napi_value matches(napi_env env, napi_callback_info info) {
  size_t count = 5, length = 0, offset_in_buffer = 0;
  napi_value args[5], result, buffer;
  napi_typedarray_type type;
  void *filter = NULL, *data = NULL;
  bool tagged = false;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  if (napi_check_object_type_tag(env, args[0], &FILTER_TAG, &tagged) != napi_ok || !tagged ||
      napi_get_value_external(env, args[0], &filter) != napi_ok ||
      napi_get_typedarray_info(env, args[1], &type, &length, &data, &buffer, &offset_in_buffer) != napi_ok)
    return fail(env, "FAILED", "matches needs a filter and bytes");
  int32_t offset = int_of(env, args[2]), captured = int_of(env, args[3]);
  uint32_t wire = 0;
  napi_get_value_uint32(env, args[4], &wire);
  struct pcap_pkthdr header = {{0, 0}, (uint32_t)captured, wire};
  if (offset < 0 || captured < 0 || (size_t)offset + (size_t)captured > length) return fail(env, "FAILED", "the frame is not within the bytes");
  int passes = pcap_offline_filter(filter, &header, (const u_char *)data + offset);
  napi_get_boolean(env, passes != 0, &result);
  return result;
}

void add_filters(napi_env env, napi_value exports) {
  set_function(env, exports, "compile", compile);
  set_function(env, exports, "matches", matches);
}
