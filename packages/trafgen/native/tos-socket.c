/*
 * What Node's own sockets cannot be told, the ToS byte (IPv4 ToS, IPv6 traffic class), and what they do not tell.
 *
 * It must be set before the first packet leaves, so the descriptor is made here and handed to Node.
 */
#define _GNU_SOURCE
#include "trafgen-addon.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* 0 or errno. A socket of IPv6 may carry IPv4 as well, so it is given both. */
static int set_tos(int descriptor, int tos) {
  int family = 0;
  socklen_t length = sizeof family;
  if (getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &length) != 0) return errno;
  if (family != AF_INET && family != AF_INET6) return EAFNOSUPPORT;
  if (family == AF_INET6 && setsockopt(descriptor, IPPROTO_IPV6, IPV6_TCLASS, &tos, sizeof tos) != 0) return errno;
  if (setsockopt(descriptor, IPPROTO_IP, IP_TOS, &tos, sizeof tos) != 0 && family == AF_INET) return errno;
  return 0;
}

/* An address in numbers and a port; empty text: any address. False when it is none of the family. */
static bool local_end(const char *text, int family, const char *port, struct sockaddr_storage *address, socklen_t *length) {
  struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
  struct addrinfo *found = NULL;
  if (getaddrinfo(text[0] == 0 ? NULL : text, port, &hints, &found) != 0) return false;
  memcpy(address, found->ai_addr, found->ai_addrlen);
  *length = found->ai_addrlen;
  freeaddrinfo(found);
  return true;
}

static napi_value new_socket(napi_env env, napi_callback_info info, int kind) {
  size_t count = 4;
  napi_value args[4], result;
  char local[INET6_ADDRSTRLEN + 20], port[8];
  struct sockaddr_storage address;
  socklen_t length = 0;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  if (count < 4 || !text_of(env, args[2], local, sizeof local))
    return fail(env, "FAILED", "a socket needs a family, a ToS, an address and a port");
  int family = int_of(env, args[0]) == 6 ? AF_INET6 : AF_INET, one = 1;
  unsigned number = (unsigned)int_of(env, args[3]) & 0xffff;
  snprintf(port, sizeof port, "%u", number);
  if (!local_end(local, family, port, &address, &length)) return fail(env, "FAILED", "not an address in numbers of this family");
  int descriptor = socket(family, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return fail(env, "FAILED", strerror(errno));
  int error = set_tos(descriptor, int_of(env, args[1]));
  if (family == AF_INET6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
  /* A port of an earlier connection may be in TIME-WAIT. */
  if (kind == SOCK_STREAM) setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  bool wanted = kind == SOCK_DGRAM || local[0] != 0 || number != 0;
  if (error == 0 && wanted && bind(descriptor, (struct sockaddr *)&address, length) != 0) error = errno;
  if (error != 0 || napi_create_int32(env, descriptor, &result) != napi_ok) {
    close(descriptor);
    return fail(env, "FAILED", strerror(error));
  }
  return result;
}

/* datagramSocket(family: 4 or 6, tos, localAddress, localPort) -> descriptor of a bound, non-blocking UDP socket. */
static napi_value datagram_socket(napi_env env, napi_callback_info info) {
  return new_socket(env, info, SOCK_DGRAM);
}

/* streamSocket(family: 4 or 6, tos, localAddress, localPort) -> descriptor of an unconnected, non-blocking TCP socket,
 * bound unless address and port are empty. */
static napi_value stream_socket(napi_env env, napi_callback_info info) {
  return new_socket(env, info, SOCK_STREAM);
}

/* watchStream(descriptor) -> another descriptor of the same socket, which outlives Node's own. */
static napi_value watch_stream(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value args[1], result;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  int descriptor = count < 1 ? -1 : fcntl(int_of(env, args[0]), F_DUPFD_CLOEXEC, 3);
  if (descriptor < 0) return fail(env, "FAILED", strerror(errno));
  napi_create_int32(env, descriptor, &result);
  return result;
}

/* unwatchStream(descriptor) */
static napi_value unwatch_stream(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value args[1];
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  if (count == 1) close(int_of(env, args[0]));
  return NULL;
}

/* Of tcp_states.h, which is the kernel's own. */
#define TCP_STATE_CLOSE 7

/*
 * streamInfo(descriptor) -> { isClosed, segmentsOut, segmentsIn, dataSegmentsOut, bytesAcknowledged, bytesRetransmitted,
 *   segmentsRetransmitted, roundTripUs }: the kernel's account of a TCP connection; null where it keeps none.
 */
static napi_value stream_info(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value args[1], result;
  struct tcp_info told;
  socklen_t length = sizeof told;
  memset(&told, 0, sizeof told);
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  if (count < 1 || getsockopt(int_of(env, args[0]), IPPROTO_TCP, TCP_INFO, &told, &length) != 0 ||
      length < offsetof(struct tcp_info, tcpi_bytes_retrans) + sizeof told.tcpi_bytes_retrans) {
    napi_get_null(env, &result);
    return result;
  }
  napi_create_object(env, &result);
  set_flag(env, result, "isClosed", told.tcpi_state == TCP_STATE_CLOSE);
  set_number(env, result, "segmentsOut", told.tcpi_segs_out);
  set_number(env, result, "segmentsIn", told.tcpi_segs_in);
  set_number(env, result, "dataSegmentsOut", told.tcpi_data_segs_out);
  set_number(env, result, "bytesAcknowledged", (double)told.tcpi_bytes_acked);
  set_number(env, result, "bytesRetransmitted", (double)told.tcpi_bytes_retrans);
  set_number(env, result, "segmentsRetransmitted", told.tcpi_total_retrans);
  set_number(env, result, "roundTripUs", told.tcpi_rtt);
  return result;
}

void add_tos_sockets(napi_env env, napi_value exports) {
  set_function(env, exports, "datagramSocket", datagram_socket);
  set_function(env, exports, "streamSocket", stream_socket);
  set_function(env, exports, "watchStream", watch_stream);
  set_function(env, exports, "unwatchStream", unwatch_stream);
  set_function(env, exports, "streamInfo", stream_info);
}
