/*
 * Live capture over libpcap, for Node: frames in batches into one buffer.
 *
 * One handle per interface, all non-blocking. dispatch() hands a batch over in a single call, so that a frame costs a
 * copy and no call into JavaScript. Everything that decides anything is in live-capture.ts; this file only translates.
 */
#include "capture-addon.h"
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

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

static napi_value number(napi_env env, double value) {
  napi_value result;
  napi_create_double(env, value, &result);
  return result;
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

static bool filters_in_kernel(int descriptor, const char *filter) {
  socklen_t instructions = 0;
  if (filter[0] == 0) return true;
  /* Asked with no room, the kernel says how long the filter is that it applies. */
  return getsockopt(descriptor, SOL_SOCKET, SO_GET_FILTER, NULL, &instructions) == 0 && instructions > 0;
}

/* open(name, snapBytes, bufferBytes, timeoutMs, isPromiscuous, filter) -> { handle, linkType, perSecond, descriptor,
 * filtersInKernel, warning } */
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
  set_flag(env, result, "filtersInKernel", filters_in_kernel(pcap_get_selectable_fd(pcap), filter));
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

void add_capture(napi_env env, napi_value exports) {
  set_function(env, exports, "open", open_interface);
  set_function(env, exports, "dispatch", dispatch);
  set_function(env, exports, "wait", wait_for_frames);
  set_function(env, exports, "statistics", statistics);
  set_function(env, exports, "inject", inject);
  set_function(env, exports, "close", close_interface);
}
