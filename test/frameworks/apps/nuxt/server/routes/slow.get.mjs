import { defineEventHandler } from "h3";
import { hold } from "../../kit.mjs";

export default defineEventHandler(async () => {
  await hold();
  return "slow\n";
});
