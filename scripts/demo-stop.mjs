#!/usr/bin/env node
// npm run demo:stop: ends everything that a demo has started. Its files stay.
import { stopAll } from "./demo/demo-folder.mjs";

const ended = await stopAll();
console.log(ended.length === 0 ? "nothing was running" : `ended ${ended.join(" and ")}`);
