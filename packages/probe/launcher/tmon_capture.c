/*
 * tmon_capture PROBE: starts tmon_probe with the right to capture, for cron and whoever else cannot give a program an
 * ambient capability as systemd does.
 *
 * A capability on the node interpreter would give every script on the machine the right to capture. So this small
 * program carries it (root:trafmon 0750, cap_net_raw+eip), and does one thing only: with an empty environment it hands
 * CAP_NET_RAW, and nothing else, to the one program compiled in. Whoever may run it can do no more with it than start a
 * probe of the installed configuration.
 *
 * Nothing given from outside reaches the program but the name of a probe, of letters that name no path and no option.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef TMON_NODE
#error "TMON_NODE: the absolute path of node"
#endif
#ifndef TMON_PROBE
#error "TMON_PROBE: the absolute path of the probe's program"
#endif
#ifndef TMON_LOG
#error "TMON_LOG: the absolute path of the log folder"
#endif
#ifndef TMON_USER
#define TMON_USER "trafmon"
#endif

/* sysexits(3), as every program of trafMon. */
enum { BAD_OPTION = 64, UNAVAILABLE = 69, OUR_FAULT = 70, NO_PERMISSION = 77, BAD_CONFIGURATION = 78 };

static int say(int code, const char *what, const char *name, const char *hint) {
    fprintf(stderr, "tmon_capture: %s [%s]\n  %s\n", what, name, hint);
    return code;
}

static int is_probe_name(const char *name) {
    size_t length = strlen(name);
    if (length < 1 || length > 64 || name[0] == '-' || name[0] == '.') return 0;
    return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == length;
}

/* Permitted, effective and inheritable become CAP_NET_RAW alone, and it is made ambient, so that it survives the exec. */
static int keep_only_net_raw(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2] = {{0, 0, 0}, {0, 0, 0}};
    unsigned bit = 1u << CAP_NET_RAW;
    sets[0].effective = sets[0].permitted = sets[0].inheritable = bit;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) return -1;
    if (syscall(SYS_capset, &header, sets) != 0) return -1;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0) != 0) return -1;
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* A caller may have closed them; what the probe opens next must not become its standard output. */
static int open_standard_streams(void) {
    int fd;
    while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd <= 2) continue;
    return fd < 0 ? -1 : close(fd);
}

int main(int argc, char **argv) {
    if (open_standard_streams() != 0) return OUR_FAULT;
    if (argc != 2 || !is_probe_name(argv[1]))
        return say(BAD_OPTION, "cannot use the command line", "BAD_OPTION",
                   "Give the name of a probe of /etc/trafMon/xml/tmon.xml, and nothing else: tmon_capture probe1");

    /* The real user: somebody else who got into the group by mistake gets no further. */
    struct passwd *owner = getpwnam(TMON_USER);
    if (owner == NULL)
        return say(BAD_CONFIGURATION, "cannot find the user " TMON_USER, "CAPTURE_USER_UNKNOWN",
                   "The installer makes this user: install trafMon again.");
    if (getuid() != owner->pw_uid || geteuid() != owner->pw_uid)
        return say(NO_PERMISSION, "cannot start a probe for this user", "CAPTURE_USER_WRONG",
                   "Run it as " TMON_USER ", for instance from that user's cron table.");

    if (keep_only_net_raw() != 0)
        return say(NO_PERMISSION, "cannot take the capability CAP_NET_RAW", "CAPTURE_FORBIDDEN",
                   "As root: setcap cap_net_raw+eip on this program, on a file system mounted without nosuid.");

    umask(027);
    if (chdir("/") != 0) return OUR_FAULT;
    /* Descriptors of the caller are no business of the probe. */
    syscall(SYS_close_range, 3u, ~0u, 0u);
    char *const words[] = {TMON_NODE, TMON_PROBE, "-L", TMON_LOG, argv[1], NULL};
    char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", NULL};
    execve(TMON_NODE, words, environment);
    fprintf(stderr, "tmon_capture: cannot run %s: %s [CAPTURE_PROGRAM_MISSING]\n  Install trafMon again.\n", TMON_NODE,
            strerror(errno));
    return UNAVAILABLE;
}
