/*
 * One datagram to a UNIX socket, which Node cannot send: how a service talks to systemd (sd_notify(3)).
 *
 * The whole protocol is a text of lines NAME=VALUE in one datagram to the socket that NOTIFY_SOCKET names, so it takes
 * neither libsystemd nor a process of its own, whose messages a unit with NotifyAccess=main would not hear.
 */
#include "napi-values.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* notify(path, text): a path that begins with @ is in the abstract name space. Throws the system's words. */
static napi_value notify(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  char text[1024];
  if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) != napi_ok || count < 2 ||
      !text_of(env, arguments[0], address.sun_path, sizeof address.sun_path) ||
      !text_of(env, arguments[1], text, sizeof text))
    return fail(env, "FAILED", "a path or a text that does not fit");
  socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(address.sun_path));
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  int socket_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket_fd < 0) return fail(env, "FAILED", strerror(errno));
  /* Never waits: a manager that does not listen must not stop a program that measures. */
  ssize_t sent = sendto(socket_fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT, (struct sockaddr *)&address, length);
  int error = errno;
  close(socket_fd);
  if (sent < 0) return fail(env, "FAILED", strerror(error));
  return NULL;
}

NAPI_MODULE_INIT() {
  set_function(env, exports, "notify", notify);
  return exports;
}
