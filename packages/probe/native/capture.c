/*
 * Live capture over libpcap, for Node: frames in batches into one buffer.
 *
 * One handle per interface, all non-blocking. dispatch() hands a batch over in a single call, so that a frame costs a
 * copy and no call into JavaScript. Everything that decides anything is in live-capture.ts; this file only translates.
 *
 * N-API keeps the binary valid for every Node from 18 on, in any number of threads.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <errno.h>
#include <node_api.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>

/* Words before each frame in a batch: seconds, sub-second, captured length, length on the wire. */
#define FRAME_HEADER_BYTES 16

#define MAX_HANDLES 64

typedef struct {
  pcap_t *pcap;
  int snap_bytes;
} handle_t;

typedef struct {
  uint8_t *data;
  size_t used;
  size_t room;
  size_t largest;
  pcap_t *pcap;
} batch_t;

static const napi_type_tag HANDLE_TAG = {0x7472616643617074ULL, 0x7572652d68616e64ULL};
static const napi_type_tag FILTER_TAG = {0x7472616643617074ULL, 0x7572652d66696c74ULL};

static napi_value fail(napi_env env, const char *code, const char *message) {
  napi_throw_error(env, code, message);
  return NULL;
}

static handle_t *handle_of(napi_env env, napi_value value) {
  bool tagged = false;
  void *data = NULL;
  if (napi_check_object_type_tag(env, value, &HANDLE_TAG, &tagged) != napi_ok || !tagged ||
      napi_get_value_external(env, value, &data) != napi_ok) {
    napi_throw_type_error(env, NULL, "not a capture handle");
    return NULL;
  }
  if (((handle_t *)data)->pcap == NULL) {
    napi_throw_error(env, NULL, "the capture handle is closed");
    return NULL;
  }
  return data;
}

static void close_handle(handle_t *handle) {
  if (handle->pcap != NULL) pcap_close(handle->pcap);
  handle->pcap = NULL;
}

static void free_handle(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  close_handle(data);
  free(data);
}

/* False also for a text that does not fit: half a filter means something else. */
static bool text_of(napi_env env, napi_value value, char *text, size_t size) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok || length >= size) return false;
  return napi_get_value_string_utf8(env, value, text, size, &length) == napi_ok;
}

static int32_t int_of(napi_env env, napi_value value) {
  int32_t number = 0;
  napi_get_value_int32(env, value, &number);
  return number;
}

static napi_value number(napi_env env, double value) {
  napi_value result;
  napi_create_double(env, value, &result);
  return result;
}

static void set_number(napi_env env, napi_value object, const char *name, double value) {
  napi_set_named_property(env, object, name, number(env, value));
}

static void set_text(napi_env env, napi_value object, const char *name, const char *value) {
  napi_value text;
  if (napi_create_string_utf8(env, value == NULL ? "" : value, NAPI_AUTO_LENGTH, &text) == napi_ok)
    napi_set_named_property(env, object, name, text);
}

/* Names of what libpcap's activation can refuse; live-capture.ts makes coded errors of them. */
static const char *activation_code(int status) {
  switch (status) {
    case PCAP_ERROR_NO_SUCH_DEVICE: return "NO_SUCH_DEVICE";
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED: return "FORBIDDEN";
    case PCAP_ERROR_IFACE_NOT_UP: return "DOWN";
    default: return "FAILED";
  }
}

/* The names of interfaces and the filters that fit; the schema allows 63 and 4096 characters of up to 4 bytes. */
#define NAME_BYTES 256
#define FILTER_BYTES 16385

/* open(name, snapBytes, bufferBytes, timeoutMs, isPromiscuous, filter) -> { handle, linkType, perSecond, descriptor } */
static napi_value open_interface(napi_env env, napi_callback_info info) {
  size_t count = 6;
  napi_value args[6];
  char name[NAME_BYTES], filter[FILTER_BYTES], error[PCAP_ERRBUF_SIZE] = "", message[PCAP_ERRBUF_SIZE + 64];
  bool promiscuous = false;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  if (count < 6 || !text_of(env, args[0], name, sizeof name) || !text_of(env, args[5], filter, sizeof filter))
    return fail(env, "FAILED", "open needs six arguments, and a name and a filter of bearable length");
  napi_get_value_bool(env, args[4], &promiscuous);

  pcap_t *pcap = pcap_create(name, error);
  if (pcap == NULL) return fail(env, "FAILED", error);
  pcap_set_snaplen(pcap, int_of(env, args[1]));
  pcap_set_buffer_size(pcap, int_of(env, args[2]));
  pcap_set_timeout(pcap, int_of(env, args[3]));
  pcap_set_promisc(pcap, promiscuous);
  /* Not every platform offers it; what was got is asked below. */
  pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
  int status = pcap_activate(pcap);
  if (status < 0) {
    const char *detail = pcap_geterr(pcap);
    const char *summary = pcap_statustostr(status);
    bool adds = detail[0] != 0 && strcmp(detail, summary) != 0 && status != PCAP_ERROR;
    snprintf(message, sizeof message, "%s%s%s", status == PCAP_ERROR ? detail : summary, adds ? ": " : "", adds ? detail : "");
    pcap_close(pcap);
    return fail(env, activation_code(status), message);
  }
  if (filter[0] != 0) {
    struct bpf_program program;
    if (pcap_compile(pcap, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
      snprintf(message, sizeof message, "%s", pcap_geterr(pcap));
      pcap_close(pcap);
      return fail(env, "BAD_FILTER", message);
    }
    int refused = pcap_setfilter(pcap, &program);
    pcap_freecode(&program);
    if (refused != 0) {
      snprintf(message, sizeof message, "%s", pcap_geterr(pcap));
      pcap_close(pcap);
      return fail(env, "BAD_FILTER", message);
    }
  }
  if (pcap_setnonblock(pcap, 1, error) != 0) {
    pcap_close(pcap);
    return fail(env, "FAILED", error);
  }

  handle_t *handle = malloc(sizeof *handle);
  if (handle == NULL) {
    pcap_close(pcap);
    return fail(env, "FAILED", "out of memory");
  }
  handle->pcap = pcap;
  /* libpcap puts its own limit in place of a length it does not believe. */
  handle->snap_bytes = pcap_snapshot(pcap);
  napi_value external, result;
  if (napi_create_external(env, handle, free_handle, NULL, &external) != napi_ok) {
    close_handle(handle);
    free(handle);
    return NULL;
  }
  napi_type_tag_object(env, external, &HANDLE_TAG);
  napi_create_object(env, &result);
  napi_set_named_property(env, result, "handle", external);
  set_number(env, result, "linkType", pcap_datalink(pcap));
  set_number(env, result, "perSecond", pcap_get_tstamp_precision(pcap) == PCAP_TSTAMP_PRECISION_NANO ? 1e9 : 1e6);
  set_number(env, result, "descriptor", pcap_get_selectable_fd(pcap));
  set_text(env, result, "warning", status > 0 ? pcap_statustostr(status) : "");
  return result;
}

static void put_frame(u_char *user, const struct pcap_pkthdr *header, const u_char *frame) {
  batch_t *batch = (batch_t *)user;
  /* There is room for a frame of the snap length: that was seen to before. A longer one would lose its end, no more. */
  size_t room = batch->room - batch->used - FRAME_HEADER_BYTES;
  size_t captured = header->caplen < room ? header->caplen : room;
  uint32_t *words = (uint32_t *)(batch->data + batch->used);
  words[0] = (uint32_t)header->ts.tv_sec;
  words[1] = (uint32_t)header->ts.tv_usec;
  words[2] = (uint32_t)captured;
  words[3] = header->len;
  memcpy(batch->data + batch->used + FRAME_HEADER_BYTES, frame, captured);
  batch->used += FRAME_HEADER_BYTES + ((captured + 3) & ~(size_t)3);
  if (batch->room - batch->used < batch->largest) pcap_breakloop(batch->pcap);
}

/*
 * dispatch(handle, buffer, from) -> where the frames written into the ArrayBuffer end. Writes from byte `from` on, until
 * no frame is waiting or the next one might not fit. Throws FAILED with libpcap's words when the interface is gone.
 */
static napi_value dispatch(napi_env env, napi_callback_info info) {
  size_t count = 3, size = 0;
  napi_value args[3];
  void *data = NULL;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  handle_t *handle = handle_of(env, args[0]);
  if (handle == NULL) return NULL;
  if (napi_get_arraybuffer_info(env, args[1], &data, &size) != napi_ok) return fail(env, "FAILED", "not an ArrayBuffer");
  int32_t start = int_of(env, args[2]);
  if (start < 0 || start % 4 != 0) return fail(env, "FAILED", "not a place in the buffer");
  size_t from = (size_t)start;
  size_t largest = FRAME_HEADER_BYTES + (((size_t)handle->snap_bytes + 3) & ~(size_t)3);
  batch_t batch = {data, from, size, largest, handle->pcap};
  if (from > size || largest > size - from) return number(env, (double)from);
  int status = pcap_dispatch(handle->pcap, -1, put_frame, (u_char *)&batch);
  if (status == PCAP_ERROR && batch.used == from) return fail(env, "FAILED", pcap_geterr(handle->pcap));
  return number(env, (double)batch.used);
}

/* wait(descriptors, timeoutMs) -> whether any is readable. Blocks the thread. */
static napi_value wait_for_frames(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value args[2], result;
  uint32_t length = 0;
  struct pollfd polled[MAX_HANDLES];
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  napi_get_array_length(env, args[0], &length);
  if (length > MAX_HANDLES) length = MAX_HANDLES;
  for (uint32_t i = 0; i < length; i++) {
    napi_value element;
    napi_get_element(env, args[0], i, &element);
    polled[i].fd = int_of(env, element);
    polled[i].events = POLLIN;
    polled[i].revents = 0;
  }
  int ready = poll(polled, length, int_of(env, args[1]));
  napi_get_boolean(env, ready > 0, &result);
  return result;
}

/* statistics(handle) -> { received, dropped, interfaceDropped }: totals that wrap at 2^32. */
static napi_value statistics(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value args[1], result;
  struct pcap_stat totals;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  handle_t *handle = handle_of(env, args[0]);
  if (handle == NULL) return NULL;
  if (pcap_stats(handle->pcap, &totals) != 0) return fail(env, "FAILED", pcap_geterr(handle->pcap));
  napi_create_object(env, &result);
  set_number(env, result, "received", totals.ps_recv);
  set_number(env, result, "dropped", totals.ps_drop);
  set_number(env, result, "interfaceDropped", totals.ps_ifdrop);
  return result;
}

/* inject(handle, bytes, offset, length): sends a frame out of the interface. */
static napi_value inject(napi_env env, napi_callback_info info) {
  size_t count = 4, length = 0, offset_in_buffer = 0;
  napi_value args[4], buffer;
  napi_typedarray_type type;
  void *data = NULL;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  handle_t *handle = handle_of(env, args[0]);
  if (handle == NULL) return NULL;
  if (napi_get_typedarray_info(env, args[1], &type, &length, &data, &buffer, &offset_in_buffer) != napi_ok)
    return fail(env, "FAILED", "inject needs bytes");
  int32_t offset = int_of(env, args[2]), size = int_of(env, args[3]);
  if (offset < 0 || size < 0 || (size_t)offset + (size_t)size > length)
    return fail(env, "FAILED", "the frame is not within the bytes");
  if (pcap_inject(handle->pcap, (const uint8_t *)data + offset, (size_t)size) < 0)
    return fail(env, "FAILED", pcap_geterr(handle->pcap));
  return NULL;
}

static napi_value close_interface(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value args[1];
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  handle_t *handle = handle_of(env, args[0]);
  if (handle != NULL) close_handle(handle);
  return NULL;
}

/* interfaces() -> [{ name, description, isUp, isLoopback }] */
static napi_value interfaces(napi_env env, napi_callback_info info) {
  char error[PCAP_ERRBUF_SIZE] = "";
  pcap_if_t *all = NULL;
  napi_value result;
  (void)info;
  if (pcap_findalldevs(&all, error) != 0) return fail(env, "FAILED", error);
  napi_create_array(env, &result);
  uint32_t index = 0;
  for (pcap_if_t *each = all; each != NULL; each = each->next) {
    napi_value object, flag;
    napi_create_object(env, &object);
    set_text(env, object, "name", each->name);
    set_text(env, object, "description", each->description);
    napi_get_boolean(env, (each->flags & PCAP_IF_UP) != 0, &flag);
    napi_set_named_property(env, object, "isUp", flag);
    napi_get_boolean(env, (each->flags & PCAP_IF_LOOPBACK) != 0, &flag);
    napi_set_named_property(env, object, "isLoopback", flag);
    napi_set_element(env, result, index++, object);
  }
  pcap_freealldevs(all);
  return result;
}

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

/* clock() -> { offsetNs, errorNs } of the kernel's clock discipline (adjtimex), null when nothing disciplines it. */
static napi_value clock_state(napi_env env, napi_callback_info info) {
  napi_value result;
  struct timex state;
  (void)info;
  memset(&state, 0, sizeof state);
  if (adjtimex(&state) == TIME_ERROR || (state.status & STA_UNSYNC) != 0) {
    napi_get_null(env, &result);
    return result;
  }
  napi_create_object(env, &result);
  set_number(env, result, "offsetNs", (double)state.offset * ((state.status & STA_NANO) != 0 ? 1 : 1000));
  set_number(env, result, "errorNs", (double)state.maxerror * 1000);
  return result;
}

static void set_function(napi_env env, napi_value exports, const char *name, napi_callback call) {
  napi_value function;
  if (napi_create_function(env, name, NAPI_AUTO_LENGTH, call, NULL, &function) == napi_ok)
    napi_set_named_property(env, exports, name, function);
}

NAPI_MODULE_INIT() {
  set_function(env, exports, "open", open_interface);
  set_function(env, exports, "dispatch", dispatch);
  set_function(env, exports, "wait", wait_for_frames);
  set_function(env, exports, "statistics", statistics);
  set_function(env, exports, "inject", inject);
  set_function(env, exports, "close", close_interface);
  set_function(env, exports, "interfaces", interfaces);
  set_function(env, exports, "compile", compile);
  set_function(env, exports, "matches", matches);
  set_function(env, exports, "clock", clock_state);
  set_text(env, exports, "library", pcap_lib_version());
  return exports;
}
