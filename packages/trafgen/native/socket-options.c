/*
 * What Node's own sockets cannot be told: the ToS byte (IPv4 ToS, IPv6 traffic class).
 *
 * A UDP socket is given it after bind, by its descriptor. A TCP socket must have it before it connects, or the handshake
 * goes without; so the descriptor is made here and handed to Node.
 */
#define _GNU_SOURCE
#include "trafgen-addon.h"
#include <errno.h>
#include <netinet/in.h>
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

/* setTos(descriptor, tos): throws FAILED with the system's words. */
static napi_value set_tos_of(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value args[2];
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  int error = count < 2 ? EINVAL : set_tos(int_of(env, args[0]), int_of(env, args[1]));
  return error == 0 ? NULL : fail(env, "FAILED", strerror(error));
}

/* streamSocket(family: 4 or 6, tos) -> descriptor of an unconnected, non-blocking TCP socket. */
static napi_value stream_socket(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value args[2], result;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  if (count < 2) return fail(env, "FAILED", "streamSocket needs a family and a ToS");
  int family = int_of(env, args[0]) == 6 ? AF_INET6 : AF_INET;
  int descriptor = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return fail(env, "FAILED", strerror(errno));
  int error = set_tos(descriptor, int_of(env, args[1]));
  if (error != 0 || napi_create_int32(env, descriptor, &result) != napi_ok) {
    close(descriptor);
    return fail(env, "FAILED", strerror(error));
  }
  return result;
}

void add_socket_options(napi_env env, napi_value exports) {
  set_function(env, exports, "setTos", set_tos_of);
  set_function(env, exports, "streamSocket", stream_socket);
}
