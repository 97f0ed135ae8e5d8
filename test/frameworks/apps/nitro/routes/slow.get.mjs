import { defineHandler } from "nitro/h3";
import { hold } from "../kit.mjs";

export default defineHandler(async () => {
  await hold();
  return "slow\n";
});
