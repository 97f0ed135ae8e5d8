/**
 * The cases: what is sent to which gate, and what has to come back, in every runtime. The gates are in
 * `inside/gates.ts`; what a runtime has no way to do is told by `needs`, and why by `lacks` in `runtimes.ts`.
 */
import type { Case } from "./suite.ts";
import { cases as answer } from "./cases/answer.ts";
import { cases as ignoreUrls } from "./cases/ignore-urls.ts";
import { cases as internalIps } from "./cases/internal-ips.ts";
import { cases as navigation } from "./cases/navigation.ts";
import { cases as off } from "./cases/off.ts";
import { cases as options } from "./cases/options.ts";
import { cases as staff } from "./cases/staff.ts";
import { cases as state } from "./cases/state.ts";
import { cases as trustProxy } from "./cases/trust-proxy.ts";

/** All cases, in the order of the table. */
export const cases: readonly Case[] = [
  ...off,
  ...answer,
  ...ignoreUrls,
  ...internalIps,
  ...trustProxy,
  ...staff,
  ...options,
  ...state,
  ...navigation,
];
