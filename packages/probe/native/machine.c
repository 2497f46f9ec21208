/* What the probe asks of the machine it runs on: its interfaces, what they do to frames, and its clock. */
#include "capture-addon.h"
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <unistd.h>

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

/* Settings under which the kernel or the card hand over frames that never were on the wire, by ethtool's short names. */
static const struct {
  const char *name;
  uint32_t command;
  uint32_t flag;
} OFFLOADS[] = {
    {"gro", ETHTOOL_GGRO, 0},
    {"lro", ETHTOOL_GFLAGS, ETH_FLAG_LRO},
    {"tso", ETHTOOL_GTSO, 0},
    {"gso", ETHTOOL_GGSO, 0},
};

/* offloads(name) -> names of the offloads that are on; none for what is no interface of the machine's. */
static napi_value offloads(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value args[1], result;
  char name[NAME_BYTES];
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  napi_create_array(env, &result);
  if (count < 1 || !text_of(env, args[0], name, sizeof name) || strlen(name) >= IFNAMSIZ) return result;
  int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return result;
  uint32_t index = 0;
  for (size_t i = 0; i < sizeof OFFLOADS / sizeof OFFLOADS[0]; i++) {
    struct ethtool_value value = {.cmd = OFFLOADS[i].command, .data = 0};
    struct ifreq request;
    memset(&request, 0, sizeof request);
    memcpy(request.ifr_name, name, strlen(name));
    request.ifr_data = (void *)&value;
    if (ioctl(descriptor, SIOCETHTOOL, &request) != 0) continue;
    bool is_on = OFFLOADS[i].flag == 0 ? value.data != 0 : (value.data & OFFLOADS[i].flag) != 0;
    napi_value text;
    if (is_on && napi_create_string_utf8(env, OFFLOADS[i].name, NAPI_AUTO_LENGTH, &text) == napi_ok)
      napi_set_element(env, result, index++, text);
  }
  close(descriptor);
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

void add_machine(napi_env env, napi_value exports) {
  set_function(env, exports, "interfaces", interfaces);
  set_function(env, exports, "offloads", offloads);
  set_function(env, exports, "clock", clock_state);
  set_text(env, exports, "library", pcap_lib_version());
}
