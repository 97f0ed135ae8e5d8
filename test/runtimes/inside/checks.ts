/** Checks that need no server: plain functions that each runtime runs in itself. They throw what differs. */
import type { Checks } from "./check.ts";
import { addressChecks } from "./checks-addresses.ts";
import { clientIpChecks } from "./checks-client-ip.ts";
import { gateChecks } from "./checks-gate.ts";
import { optionChecks } from "./checks-options.ts";
import { urlChecks } from "./checks-urls.ts";

/** All checks, by their names. */
export const checks: Checks = {
  ...gateChecks,
  ...addressChecks,
  ...urlChecks,
  ...optionChecks,
  ...clientIpChecks,
};
