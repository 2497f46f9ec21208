/*
 * ICMP messages in and out, with the kernel's instants of arrival.
 *
 * A raw socket where that is allowed (root, CAP_NET_RAW), else a ping socket (ping_group_range of sysctl), which knows
 * echo only and replaces the identifier. A thread waits for messages and hands them to JavaScript; what they are and to
 * whom they belong is decided there (icmp-echo.ts).
 */
#define _GNU_SOURCE
#include "trafgen-addon.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/icmp.h>
#include <netdb.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef SOL_RAW
#define SOL_RAW 255
#endif

#define MESSAGE_BYTES 65536

typedef struct {
  int descriptor;
  int stop;
  bool is_raw;
  bool is_v6;
  bool closed;
  int owners;
  pthread_t thread;
  napi_threadsafe_function arrived;
} icmp_t;

typedef struct {
  struct timespec at;
  char source[INET6_ADDRSTRLEN];
  size_t length;
  uint8_t bytes[];
} message_t;

static const napi_type_tag ICMP_TAG = {0x747261666d6f6e20ULL, 0x69636d7020736f63ULL};

/* Of a raw IPv4 socket the kernel hands over the IP header too: 20 bytes or more, RFC 791 section 3.1. */
static size_t header_length(const icmp_t *icmp, const uint8_t *bytes, size_t length) {
  if (icmp->is_v6 || !icmp->is_raw || length < 20) return 0;
  size_t header = (size_t)(bytes[0] & 0x0f) * 4;
  return header > length ? length : header;
}

static message_t *receive(icmp_t *icmp, uint8_t *bytes) {
  struct sockaddr_storage source;
  char control[256];
  struct iovec part = {.iov_base = bytes, .iov_len = MESSAGE_BYTES};
  struct msghdr header = {.msg_name = &source,
                          .msg_namelen = sizeof source,
                          .msg_iov = &part,
                          .msg_iovlen = 1,
                          .msg_control = control,
                          .msg_controllen = sizeof control};
  ssize_t got = recvmsg(icmp->descriptor, &header, MSG_DONTWAIT);
  if (got < 0) return NULL;
  size_t skip = header_length(icmp, bytes, (size_t)got);
  message_t *message = malloc(sizeof *message + (size_t)got - skip);
  if (message == NULL) return NULL;
  message->length = (size_t)got - skip;
  memcpy(message->bytes, bytes + skip, message->length);
  clock_gettime(CLOCK_REALTIME, &message->at);
  for (struct cmsghdr *each = CMSG_FIRSTHDR(&header); each != NULL; each = CMSG_NXTHDR(&header, each)) {
    if (each->cmsg_level == SOL_SOCKET && each->cmsg_type == SCM_TIMESTAMPNS)
      memcpy(&message->at, CMSG_DATA(each), sizeof message->at);
  }
  if (getnameinfo((struct sockaddr *)&source, header.msg_namelen, message->source, sizeof message->source, NULL, 0,
                  NI_NUMERICHOST) != 0)
    message->source[0] = 0;
  return message;
}

static void *receive_messages(void *data) {
  icmp_t *icmp = data;
  uint8_t *bytes = malloc(MESSAGE_BYTES);
  struct pollfd polled[2] = {{.fd = icmp->descriptor, .events = POLLIN}, {.fd = icmp->stop, .events = POLLIN}};
  while (bytes != NULL) {
    if (poll(polled, 2, -1) < 0 && errno != EINTR) break;
    if (polled[1].revents != 0) break;
    message_t *message = receive(icmp, bytes);
    if (message != NULL && napi_call_threadsafe_function(icmp->arrived, message, napi_tsfn_nonblocking) != napi_ok)
      free(message);
  }
  free(bytes);
  return NULL;
}

/* In JavaScript's thread: callback(bytes, source, seconds, nanos). */
static void deliver(napi_env env, napi_value callback, void *context, void *data) {
  message_t *message = data;
  (void)context;
  if (env != NULL && callback != NULL) {
    napi_value args[4], self;
    napi_get_undefined(env, &self);
    if (napi_create_buffer_copy(env, message->length, message->bytes, NULL, &args[0]) == napi_ok &&
        napi_create_string_utf8(env, message->source, NAPI_AUTO_LENGTH, &args[1]) == napi_ok &&
        napi_create_double(env, (double)message->at.tv_sec, &args[2]) == napi_ok &&
        napi_create_double(env, (double)message->at.tv_nsec, &args[3]) == napi_ok)
      napi_call_function(env, self, callback, 4, args, NULL);
  }
  free(message);
}

static void close_icmp(icmp_t *icmp) {
  uint64_t one = 1;
  if (icmp->closed) return;
  icmp->closed = true;
  while (write(icmp->stop, &one, sizeof one) < 0 && errno == EINTR) {
  }
  pthread_join(icmp->thread, NULL);
  close(icmp->descriptor);
  close(icmp->stop);
  napi_release_threadsafe_function(icmp->arrived, napi_tsfn_release);
}

static void at_exit(void *data) {
  close_icmp(data);
}

static void disown(icmp_t *icmp) {
  if (--icmp->owners == 0) free(icmp);
}

static void forget(napi_env env, void *data, void *hint) {
  icmp_t *icmp = data;
  (void)hint;
  if (!icmp->closed) {
    napi_remove_env_cleanup_hook(env, at_exit, icmp);
    close_icmp(icmp);
  }
  disown(icmp);
}

static void end_arrivals(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  disown(data);
}

static icmp_t *icmp_of(napi_env env, napi_value value) {
  bool tagged = false;
  void *data = NULL;
  if (napi_check_object_type_tag(env, value, &ICMP_TAG, &tagged) != napi_ok || !tagged ||
      napi_get_value_external(env, value, &data) != napi_ok) {
    napi_throw_type_error(env, NULL, "not an ICMP socket");
    return NULL;
  }
  if (((icmp_t *)data)->closed) {
    fail(env, "CLOSED", "the ICMP socket is closed");
    return NULL;
  }
  return data;
}

/* An address in numbers. False when it is none of the family. */
static bool address_of(const char *text, bool is_v6, struct sockaddr_storage *address, socklen_t *length) {
  struct addrinfo hints = {.ai_family = is_v6 ? AF_INET6 : AF_INET, .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST};
  struct addrinfo *found = NULL;
  if (getaddrinfo(text, NULL, &hints, &found) != 0) return false;
  memcpy(address, found->ai_addr, found->ai_addrlen);
  *length = found->ai_addrlen;
  freeaddrinfo(found);
  return true;
}

/* Only what answers an echo: the reply, and that there will be none. */
static void filter_types(const icmp_t *icmp) {
  if (!icmp->is_raw) return;
  if (icmp->is_v6) {
    struct icmp6_filter filter;
    ICMP6_FILTER_SETBLOCKALL(&filter);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
    ICMP6_FILTER_SETPASS(ICMP6_DST_UNREACH, &filter);
    ICMP6_FILTER_SETPASS(ICMP6_TIME_EXCEEDED, &filter);
    ICMP6_FILTER_SETPASS(ICMP6_PACKET_TOO_BIG, &filter);
    setsockopt(icmp->descriptor, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter);
  } else {
    struct icmp_filter filter = {
        .data = ~((1U << ICMP_ECHOREPLY) | (1U << ICMP_DEST_UNREACH) | (1U << ICMP_TIME_EXCEEDED))};
    setsockopt(icmp->descriptor, SOL_RAW, ICMP_FILTER, &filter, sizeof filter);
  }
}

static int set_options(const icmp_t *icmp, napi_env env, napi_value options) {
  int one = 1, tos = (int)member_of(env, options, "tos"), hops = (int)member_of(env, options, "hopLimit");
  int level = icmp->is_v6 ? IPPROTO_IPV6 : IPPROTO_IP;
  setsockopt(icmp->descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
  if (tos > 0 && setsockopt(icmp->descriptor, level, icmp->is_v6 ? IPV6_TCLASS : IP_TOS, &tos, sizeof tos) != 0)
    return errno;
  if (hops > 0 && setsockopt(icmp->descriptor, level, icmp->is_v6 ? IPV6_UNICAST_HOPS : IP_TTL, &hops, sizeof hops) != 0)
    return errno;
  return 0;
}

static napi_value fail_icmp(napi_env env, icmp_t *icmp, int error) {
  const char *code = error == EPERM || error == EACCES ? "FORBIDDEN" : "FAILED";
  if (icmp != NULL) {
    if (icmp->descriptor >= 0) close(icmp->descriptor);
    if (icmp->stop >= 0) close(icmp->stop);
    free(icmp);
  }
  return fail(env, code, strerror(error));
}

/* Port of a ping socket: the identifier that the kernel puts into its requests. */
static int identifier_of(int descriptor) {
  struct sockaddr_storage local;
  socklen_t length = sizeof local;
  if (getsockname(descriptor, (struct sockaddr *)&local, &length) != 0) return 0;
  return ntohs(local.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&local)->sin6_port
                                           : ((struct sockaddr_in *)&local)->sin_port);
}

/*
 * openIcmp({ family, tos, hopLimit }, localAddress, callback) -> { handle, isRaw, identifier }
 * `localAddress` may be empty; `identifier` is 0 for a raw socket, which sends the one it is given.
 */
static napi_value open_icmp(napi_env env, napi_callback_info info) {
  size_t count = 3;
  napi_value args[3], result, external, name;
  char local[INET6_ADDRSTRLEN + 20];
  struct sockaddr_storage address;
  socklen_t length = 0;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  if (count < 3 || !text_of(env, args[1], local, sizeof local))
    return fail(env, "FAILED", "openIcmp needs options, an address and a function");
  icmp_t *icmp = calloc(1, sizeof *icmp);
  if (icmp == NULL) return fail_icmp(env, NULL, ENOMEM);
  icmp->owners = 1;
  icmp->is_v6 = member_of(env, args[0], "family") == 6;
  icmp->stop = -1;
  int family = icmp->is_v6 ? AF_INET6 : AF_INET, protocol = icmp->is_v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
  icmp->descriptor = socket(family, SOCK_RAW | SOCK_CLOEXEC, protocol);
  icmp->is_raw = icmp->descriptor >= 0;
  if (!icmp->is_raw) icmp->descriptor = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, protocol);
  if (icmp->descriptor < 0) return fail_icmp(env, icmp, errno);
  int error = set_options(icmp, env, args[0]);
  if (error != 0) return fail_icmp(env, icmp, error);
  if (!address_of(local[0] != 0 ? local : icmp->is_v6 ? "::" : "0.0.0.0", icmp->is_v6, &address, &length))
    return fail_icmp(env, icmp, EAFNOSUPPORT);
  /* A ping socket gets its identifier by it; a raw one needs it for an address of its own only. */
  if ((local[0] != 0 || !icmp->is_raw) && bind(icmp->descriptor, (struct sockaddr *)&address, length) != 0)
    return fail_icmp(env, icmp, errno);
  filter_types(icmp);
  icmp->stop = eventfd(0, EFD_CLOEXEC);
  if (icmp->stop < 0) return fail_icmp(env, icmp, errno);
  napi_create_string_utf8(env, "trafgen ICMP", NAPI_AUTO_LENGTH, &name);
  if (napi_create_threadsafe_function(env, args[2], NULL, name, 0, 1, icmp, end_arrivals, icmp, deliver,
                                      &icmp->arrived) != napi_ok)
    return fail_icmp(env, icmp, ENOMEM);
  napi_unref_threadsafe_function(env, icmp->arrived);
  error = pthread_create(&icmp->thread, NULL, receive_messages, icmp);
  if (error != 0) {
    icmp->owners++;
    napi_release_threadsafe_function(icmp->arrived, napi_tsfn_abort);
    close(icmp->descriptor);
    close(icmp->stop);
    disown(icmp);
    return fail(env, "FAILED", strerror(error));
  }
  napi_add_env_cleanup_hook(env, at_exit, icmp);
  if (napi_create_external(env, icmp, forget, NULL, &external) != napi_ok) return NULL;
  icmp->owners++;
  napi_type_tag_object(env, external, &ICMP_TAG);
  napi_create_object(env, &result);
  napi_set_named_property(env, result, "handle", external);
  set_flag(env, result, "isRaw", icmp->is_raw);
  set_number(env, result, "identifier", icmp->is_raw ? 0 : identifier_of(icmp->descriptor));
  return result;
}

/* sendIcmp(handle, bytes, address) -> { seconds, nanos } of just before it left; throws FAILED with the system's words. */
static napi_value send_icmp(napi_env env, napi_callback_info info) {
  size_t count = 3, size = 0;
  napi_value args[3], result;
  char text[INET6_ADDRSTRLEN + 20];
  struct sockaddr_storage address;
  socklen_t length = 0;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  icmp_t *icmp = icmp_of(env, args[0]);
  if (icmp == NULL) return NULL;
  uint8_t *bytes = array_of(env, args[1], napi_uint8_array, &size);
  if (bytes == NULL || !text_of(env, args[2], text, sizeof text) || !address_of(text, icmp->is_v6, &address, &length))
    return fail(env, "FAILED", "not an address in numbers of this family");
  struct timespec at;
  clock_gettime(CLOCK_REALTIME, &at);
  if (sendto(icmp->descriptor, bytes, size, MSG_DONTWAIT, (struct sockaddr *)&address, length) < 0)
    return fail(env, "FAILED", strerror(errno));
  napi_create_object(env, &result);
  set_number(env, result, "seconds", (double)at.tv_sec);
  set_number(env, result, "nanos", (double)at.tv_nsec);
  return result;
}

static napi_value close_icmp_socket(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value args[1];
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  icmp_t *icmp = icmp_of(env, args[0]);
  if (icmp == NULL) return NULL;
  napi_remove_env_cleanup_hook(env, at_exit, icmp);
  close_icmp(icmp);
  return NULL;
}

void add_icmp_socket(napi_env env, napi_value exports) {
  set_function(env, exports, "openIcmp", open_icmp);
  set_function(env, exports, "sendIcmp", send_icmp);
  set_function(env, exports, "closeIcmp", close_icmp_socket);
}
