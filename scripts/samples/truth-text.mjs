/** TRUTH.md: what was done, for people. truth.json has the same and every single action. */

const INTRODUCTION = `# What is in the sample captures

Made by \`scripts/samples/make-samples.mjs\`: real clients and servers in network namespaces inside a kernel of their
own (user-mode-linux), tapped by tcpdump in the router between them, without offloads. That kernel's clock was set at the
beginning of each scene, so that the scenes lie in office hours of two working days; within a scene it ran by itself.
Addresses are private or of documentation ranges, names are of \`example.test\`; nothing in them is of anybody.

| part | addresses |
|---|---|
| office (clients) | 10.20.1.11, .12, .13, .20; fd20:1::11, ::12, ::13, ::20 |
| centre (servers) | ftp .21, names .53, web .80, streams .90, clock .123, SNMP agent .161 in 10.20.2.0/24 and fd20:2::/64 |
| internet | web 198.51.100.80 and 2001:db8:100::80 |

Tap \`office\` is the router's device towards the office, tap \`centre\` the one towards the centre. netem delays, drops,
reorders and doubles what the router *sends* there: packets to the centre are seen before it at \`office\` and after it at
\`centre\`, answers the other way round. What netem dropped on \`centre0\` is therefore exactly what \`office\` saw and
\`centre\` did not.
`;

const table = (head, rows) =>
  [`| ${head.join(" | ")} |`, `|${"---|".repeat(head.length)}`, ...rows.map((row) => `| ${row.join(" | ")} |`)].join(
    "\n",
  );

function actionLine({ at, what, ...rest }) {
  const details = Object.entries(rest)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
  return `- ${at.slice(11, 23)} ${what}: ${details}`;
}

function sceneText(scene) {
  return `## ${scene.name}

${scene.began} to ${scene.ended}: ${scene.what}. Impairment: ${scene.impairment === "none" ? "none" : `\`${scene.impairment}\` each way`}.

${table(
  ["capture", "tap", "packets", "bytes of the file"],
  scene.captures.map((each) => [`\`${each.file}\``, each.tap, each.packets, each.bytes]),
)}
${scene.snapLengthBytes === null ? "" : `\nPackets were cut at ${scene.snapLengthBytes} bytes.\n`}
${
  scene.netem.length === 0
    ? ""
    : `${table(
        ["netem on", "packets let through", "bytes", "packets dropped"],
        scene.netem.map((each) => [each.sendingDevice, each.packets, each.bytes, each.drops]),
      )}\n\n`
}Kernel counters over the scene: ${Object.entries(scene.counters)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ")}.

${scene.actions.map(actionLine).join("\n")}
`;
}

export function truthText(truth, size) {
  return `${INTRODUCTION}
${(size / 1e6).toFixed(1)} MB in all. Used: ${truth.versions.join("; ")}.

${truth.scenes.map(sceneText).join("\n")}`;
}
