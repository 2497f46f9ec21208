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

/*
 * state(name) -> { index, isUp, hasCarrier }, null for what is no interface of the machine's. `index`: an interface that
 * was removed and made again has another one.
 */
static napi_value state(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value args[1], result;
  char name[NAME_BYTES];
  struct ifreq request;
  napi_get_cb_info(env, info, &count, args, NULL, NULL);
  napi_get_null(env, &result);
  if (count < 1 || !text_of(env, args[0], name, sizeof name) || strlen(name) >= IFNAMSIZ) return result;
  int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return result;
  memset(&request, 0, sizeof request);
  memcpy(request.ifr_name, name, strlen(name));
  unsigned int index = if_nametoindex(name);
  bool is_there = index != 0 && ioctl(descriptor, SIOCGIFFLAGS, &request) == 0;
  close(descriptor);
  if (!is_there) return result;
  napi_create_object(env, &result);
  set_number(env, result, "index", index);
  set_flag(env, result, "isUp", (request.ifr_flags & IFF_UP) != 0);
  set_flag(env, result, "hasCarrier", (request.ifr_flags & IFF_RUNNING) != 0);
  return result;
}

/*
 * Features under which the kernel or the card hand over frames that never were on the wire: the kernel's names, and the
 * short ones by which ethtool turns them off.
 */
static const struct {
  const char *feature;
  const char *name;
} OFFLOADS[] = {
    {"rx-gro", "gro"},
    {"rx-lro", "lro"},
    {"tx-tcp-segmentation", "tso"},
    {"tx-tcp6-segmentation", "tso"},
    {"tx-generic-segmentation", "gso"},
};

#define MAX_FEATURES 256

static bool ask_ethtool(int descriptor, const char *name, void *question) {
  struct ifreq request;
  memset(&request, 0, sizeof request);
  memcpy(request.ifr_name, name, strlen(name));
  request.ifr_data = question;
  return ioctl(descriptor, SIOCETHTOOL, &request) == 0;
}

/* Names and states of all features of an interface. Their number differs from kernel to kernel. */
typedef struct {
  struct ethtool_gstrings head;
  char names[MAX_FEATURES][ETH_GSTRING_LEN];
} feature_names_t;

typedef struct {
  struct ethtool_gfeatures head;
  struct ethtool_get_features_block blocks[MAX_FEATURES / 32];
} feature_states_t;

static uint32_t feature_count(int descriptor, const char *name) {
  struct {
    struct ethtool_sset_info head;
    uint32_t length;
  } asked = {.head = {.cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << ETH_SS_FEATURES}};
  if (!ask_ethtool(descriptor, name, &asked) || asked.head.sset_mask == 0) return 0;
  return asked.length < MAX_FEATURES ? asked.length : MAX_FEATURES;
}

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
  feature_names_t features = {.head = {.cmd = ETHTOOL_GSTRINGS, .string_set = ETH_SS_FEATURES}};
  feature_states_t states = {.head = {.cmd = ETHTOOL_GFEATURES}};
  uint32_t known = feature_count(descriptor, name);
  features.head.len = known;
  states.head.size = (known + 31) / 32;
  bool is_told = known > 0 && ask_ethtool(descriptor, name, &features) && ask_ethtool(descriptor, name, &states);
  close(descriptor);
  uint32_t index = 0;
  const char *last = "";
  for (size_t i = 0; is_told && i < sizeof OFFLOADS / sizeof OFFLOADS[0]; i++) {
    for (uint32_t bit = 0; bit < known; bit++) {
      bool is_on = (states.blocks[bit / 32].active >> (bit % 32) & 1) != 0;
      if (!is_on || strncmp(features.names[bit], OFFLOADS[i].feature, ETH_GSTRING_LEN) != 0) continue;
      napi_value text;
      if (strcmp(last, OFFLOADS[i].name) != 0 &&
          napi_create_string_utf8(env, OFFLOADS[i].name, NAPI_AUTO_LENGTH, &text) == napi_ok)
        napi_set_element(env, result, index++, text);
      last = OFFLOADS[i].name;
    }
  }
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
  set_function(env, exports, "state", state);
  set_function(env, exports, "offloads", offloads);
  set_function(env, exports, "clock", clock_state);
  set_text(env, exports, "library", pcap_lib_version());
}
