/*
 * Sends frames on an interface at given instants: paced-sender.c for JavaScript. What the instants and fates mean is in
 * interface-sink.ts. N-API keeps the binary valid for every Node from 18 on.
 */
#define _GNU_SOURCE
#include "trafgen-addon.h"
#include "paced-sender.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define NS_PER_S 1000000000LL

/* A send that the socket's own buffer holds up returns after this, so that close is never waited for long. */
#define SEND_TIMEOUT_US 10000

/* What the socket may hold for the card, bytes. */
#define ROOM_BYTES (4 * 1024 * 1024)

#define ARRAYS 6

/* A batch, and what JavaScript wants to know of it. */
typedef struct {
  batch_t batch;
  /* Keep the arrays from being collected while the thread uses them. */
  napi_ref arrays[ARRAYS];
  napi_deferred deferred;
} job_t;

typedef struct {
  sender_t sender;
  bool closed;
  napi_threadsafe_function done;
  /* JavaScript's handle, and the queue of reports: the last one frees this. */
  int owners;
  /* Jobs whose promise is open. Touched by JavaScript's thread only. */
  uint32_t pending;
} handle_t;

static const napi_type_tag HANDLE_TAG = {0x747261666d6f6e20ULL, 0x696e6a656374696fULL};

static void through(void *owner, batch_t *batch) {
  napi_call_threadsafe_function(((handle_t *)owner)->done, batch, napi_tsfn_blocking);
}

/* In JavaScript's thread: settles the promise of a batch. `env` is NULL when the environment is being torn down. */
static void settle(napi_env env, napi_value callback, void *context, void *data) {
  handle_t *handle = context;
  job_t *job = data;
  batch_t *batch = &job->batch;
  (void)callback;
  if (env != NULL) {
    napi_value report, refusals;
    for (int i = 0; i < ARRAYS; i++) napi_delete_reference(env, job->arrays[i]);
    napi_create_object(env, &report);
    set_number(env, report, "sent", batch->sent);
    set_number(env, report, "bytesSent", batch->bytes_sent);
    set_number(env, report, "refused", batch->refused);
    set_number(env, report, "cancelled", batch->cancelled);
    set_number(env, report, "retries", batch->retries);
    set_number(env, report, "calls", batch->calls);
    set_number(env, report, "largestLagNs", batch->largest_lag_ns);
    set_number(env, report, "shifts", batch->shifts);
    set_number(env, report, "shiftedNs", batch->shifted_ns);
    napi_create_object(env, &refusals);
    for (int i = 0; i < MOST_ERRORS && batch->errors[i] != 0; i++) {
      char number[16];
      snprintf(number, sizeof number, "%d", batch->errors[i]);
      set_number(env, refusals, number, batch->refusals[i]);
    }
    napi_set_named_property(env, report, "refusals", refusals);
    napi_resolve_deferred(env, job->deferred, report);
    if (--handle->pending == 0 && !handle->closed) napi_unref_threadsafe_function(env, handle->done);
  }
  free(job);
}

/* Twice does nothing. */
static void close_handle(handle_t *handle) {
  if (handle->closed) return;
  handle->closed = true;
  stop_sender(&handle->sender);
  napi_release_threadsafe_function(handle->done, napi_tsfn_release);
}

static void at_exit(void *data) {
  close_handle(data);
}

static void disown(handle_t *handle) {
  if (--handle->owners == 0) free(handle);
}

/* JavaScript has let go of the handle. */
static void forget(napi_env env, void *data, void *hint) {
  handle_t *handle = data;
  (void)hint;
  if (!handle->closed) {
    napi_remove_env_cleanup_hook(env, at_exit, handle);
    close_handle(handle);
  }
  disown(handle);
}

/* The last report was delivered. */
static void end_reports(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  disown(data);
}

static handle_t *handle_of(napi_env env, napi_value value) {
  bool tagged = false;
  void *data = NULL;
  if (napi_check_object_type_tag(env, value, &HANDLE_TAG, &tagged) != napi_ok || !tagged ||
      napi_get_value_external(env, value, &data) != napi_ok) {
    napi_throw_type_error(env, NULL, "not an injection handle");
    return NULL;
  }
  if (((handle_t *)data)->closed) {
    fail(env, "CLOSED", "the injection handle is closed");
    return NULL;
  }
  return data;
}

static const char *open_code(int error) {
  switch (error) {
    case ENODEV:
    case ENXIO: return "NO_SUCH_DEVICE";
    case EPERM:
    case EACCES: return "FORBIDDEN";
    case ENETDOWN: return "DOWN";
    default: return "FAILED";
  }
}

static napi_value fail_open(napi_env env, int descriptor, int error) {
  if (descriptor >= 0) close(descriptor);
  return fail(env, open_code(error), strerror(error));
}

static napi_value describe(napi_env env, int descriptor, struct ifreq *request, int *error) {
  napi_value result;
  char address[18];
  napi_create_object(env, &result);
  if (ioctl(descriptor, SIOCGIFINDEX, request) != 0) return *error = errno, NULL;
  set_number(env, result, "index", request->ifr_ifindex);
  if (ioctl(descriptor, SIOCGIFMTU, request) != 0) return *error = errno, NULL;
  set_number(env, result, "mtuBytes", request->ifr_mtu);
  if (ioctl(descriptor, SIOCGIFFLAGS, request) != 0) return *error = errno, NULL;
  if ((request->ifr_flags & IFF_UP) == 0) return *error = ENETDOWN, NULL;
  set_flag(env, result, "isLoopback", (request->ifr_flags & IFF_LOOPBACK) != 0);
  if (ioctl(descriptor, SIOCGIFHWADDR, request) != 0) return *error = errno, NULL;
  const uint8_t *bytes = (const uint8_t *)request->ifr_hwaddr.sa_data;
  snprintf(address, sizeof address, "%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]);
  set_number(env, result, "hardwareType", request->ifr_hwaddr.sa_family);
  set_text(env, result, "hardwareAddress", address);
  return result;
}

/* A packet socket bound to the interface, that sends and is handed nothing of what arrives (protocol 0). 0 or errno. */
static int bind_socket(int descriptor, int index) {
  struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = 0, .sll_ifindex = index};
  if (bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0) return errno;
  struct timeval timeout = {.tv_sec = 0, .tv_usec = SEND_TIMEOUT_US};
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  int room = ROOM_BYTES;
  if (setsockopt(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room) != 0)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  return 0;
}

/*
 * openInterface(name, { bypassQueue, largestLagNs, patienceNs, spinNs, priority })
 *   -> { handle, index, mtuBytes, hardwareType, hardwareAddress, isLoopback, bypassesQueue, hasPriority }
 * Throws NO_SUCH_DEVICE, FORBIDDEN, DOWN or FAILED. `priority` above 0 asks for SCHED_FIFO.
 */
static napi_value open_interface(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value args[2], name, external;
  struct ifreq request;
  memset(&request, 0, sizeof request);
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  if (count < 2 || !text_of(env, args[0], request.ifr_name, sizeof request.ifr_name))
    return fail(env, "NO_SUCH_DEVICE", "an interface has a name of up to 15 characters");

  int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), one = 1, error = 0;
  if (descriptor < 0) return fail_open(env, -1, errno);
  napi_value result = describe(env, descriptor, &request, &error);
  if (result == NULL) return fail_open(env, descriptor, error);
  error = bind_socket(descriptor, (int)member_of(env, result, "index"));
  if (error != 0) return fail_open(env, descriptor, error);
  bool bypasses = member_of(env, args[1], "bypassQueue") != 0 &&
                  setsockopt(descriptor, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one) == 0;

  handle_t *handle = calloc(1, sizeof *handle);
  if (handle == NULL) return fail_open(env, descriptor, ENOMEM);
  handle->owners = 1;
  handle->sender = (sender_t){.descriptor = descriptor,
                              .largest_lag_ns = (int64_t)member_of(env, args[1], "largestLagNs"),
                              .patience_ns = (int64_t)member_of(env, args[1], "patienceNs"),
                              .spin_ns = (int64_t)member_of(env, args[1], "spinNs"),
                              .priority = (int)member_of(env, args[1], "priority"),
                              .through = through,
                              .owner = handle};
  napi_create_string_utf8(env, "trafgen injection", NAPI_AUTO_LENGTH, &name);
  if (napi_create_threadsafe_function(env, NULL, NULL, name, 0, 1, handle, end_reports, handle, settle, &handle->done) != napi_ok) {
    free(handle);
    return fail_open(env, descriptor, ENOMEM);
  }
  napi_unref_threadsafe_function(env, handle->done);
  error = start_sender(&handle->sender);
  if (error != 0) {
    napi_release_threadsafe_function(handle->done, napi_tsfn_abort);
    return fail_open(env, descriptor, error);
  }
  napi_add_env_cleanup_hook(env, at_exit, handle);
  if (napi_create_external(env, handle, forget, NULL, &external) != napi_ok) return NULL;
  handle->owners++;
  napi_type_tag_object(env, external, &HANDLE_TAG);
  napi_set_named_property(env, result, "handle", external);
  set_flag(env, result, "bypassesQueue", bypasses);
  set_flag(env, result, "hasPriority", handle->sender.has_priority);
  return result;
}

/* begin(handle, leadNs) -> { seconds, nanos }: the instant that the frames' times count from, `leadNs` ahead of now. */
static napi_value begin(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value args[2], result;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  handle_t *handle = handle_of(env, args[0]);
  if (handle == NULL) return NULL;
  begin_run(&handle->sender, (int64_t)double_of(env, args[1]));
  napi_create_object(env, &result);
  set_number(env, result, "seconds", (double)(handle->sender.zero_wall_ns / NS_PER_S));
  set_number(env, result, "nanos", (double)(handle->sender.zero_wall_ns % NS_PER_S));
  return result;
}

/*
 * submit(handle, count, bytes: Uint8Array, offsets: Int32Array, lengths: Int32Array, dueNs: Float64Array,
 *        sentNs: Float64Array, fates: Uint8Array) -> Promise of { sent, bytesSent, refused, cancelled, retries, calls,
 *   largestLagNs, shifts, shiftedNs, refusals: { errno: frames } }
 * Sends what is SENT in `fates`, times not falling; fills in `sentNs`, and `fates` where it did not send. The arrays
 * belong to the thread until the promise is settled.
 */
static napi_value submit(napi_env env, napi_callback_info info) {
  size_t given = 2 + ARRAYS, lengths[ARRAYS] = {0};
  napi_value args[2 + ARRAYS], promise;
  napi_get_cb_info(env, info, &given, args, NULL, NULL);
  handle_t *handle = handle_of(env, args[0]);
  if (handle == NULL) return NULL;
  job_t *job = calloc(1, sizeof *job);
  if (job == NULL) return fail(env, "FAILED", "out of memory");
  batch_t *batch = &job->batch;
  int32_t count = int_of(env, args[1]);
  batch->count = count < 0 ? 0 : (uint32_t)count;
  batch->bytes = array_of(env, args[2], napi_uint8_array, &lengths[0]);
  batch->offsets = array_of(env, args[3], napi_int32_array, &lengths[1]);
  batch->lengths = array_of(env, args[4], napi_int32_array, &lengths[2]);
  batch->due_ns = array_of(env, args[5], napi_float64_array, &lengths[3]);
  batch->sent_ns = array_of(env, args[6], napi_float64_array, &lengths[4]);
  batch->fates = array_of(env, args[7], napi_uint8_array, &lengths[5]);
  bool fits = given == 2 + ARRAYS;
  for (int i = 1; i < ARRAYS; i++) fits = fits && lengths[i] >= batch->count;
  if (!fits || !is_sound(batch, lengths[0]) || napi_create_promise(env, &job->deferred, &promise) != napi_ok) {
    free(job);
    return fail(env, "FAILED", "submit needs frames within their bytes, and arrays that are long enough");
  }
  for (int i = 0; i < ARRAYS; i++) napi_create_reference(env, args[i + 2], 1, &job->arrays[i]);
  if (handle->pending++ == 0) napi_ref_threadsafe_function(env, handle->done);
  enqueue(&handle->sender, batch);
  return promise;
}

static napi_value close_interface(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value args[1];
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  handle_t *handle = handle_of(env, args[0]);
  if (handle == NULL) return NULL;
  napi_remove_env_cleanup_hook(env, at_exit, handle);
  close_handle(handle);
  return NULL;
}

void add_injection(napi_env env, napi_value exports) {
  set_function(env, exports, "openInterface", open_interface);
  set_function(env, exports, "begin", begin);
  set_function(env, exports, "submit", submit);
  set_function(env, exports, "closeInterface", close_interface);
}
