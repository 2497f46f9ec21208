import { childrenOf, partialValuesOf } from "../schema/element.ts";
import { hopElement, MOST_HOPS, oneWayElement, routeElement } from "../schema/measurements/one-way.ts";
import { descendantsOf, type Rule } from "./rule.ts";

/** A way has 8 hops at most; its routes, where there are any, pass two hops or more, none twice, and together all. */
export const routesPassEveryHop: Rule = (root, faults) => {
  for (const way of descendantsOf(root, oneWayElement)) {
    const { line, path } = way.source;
    const hops = childrenOf(way, hopElement).length;
    if (hops > MOST_HOPS) faults.add(line, path, null, `the way has ${hops} hops`, `at most ${MOST_HOPS}`);
    const routes = childrenOf(way, routeElement);
    const passed = new Set<number>();
    for (const route of routes) {
      const numbers = partialValuesOf(route, routeElement).hops;
      if (numbers === undefined) return;
      const at = route.source.attributes.get("hops")?.line ?? route.source.line;
      const tell = (problem: string, allowed: string) => faults.add(at, route.source.path, "hops", problem, allowed);
      const absent = numbers.find((hop) => hop > hops);
      if (absent !== undefined) tell(`there is no hop ${absent}`, `1 to ${hops}`);
      if (numbers.length < 2) tell("the route passes one hop", "two or more");
      const twice = numbers.find((hop, index) => numbers.indexOf(hop) < index);
      if (twice !== undefined) tell(`hop ${twice} stands here twice`, "each hop once");
      for (const hop of numbers) passed.add(hop);
    }
    if (routes.length === 0) continue;
    for (let hop = 1; hop <= hops; hop++) {
      if (!passed.has(hop)) faults.add(line, path, null, `no route passes hop ${hop}`, "a route for every hop");
    }
  }
};
