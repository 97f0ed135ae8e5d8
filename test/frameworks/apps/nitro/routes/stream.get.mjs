import { defineHandler } from "nitro/h3";
import { makeStream } from "../kit.mjs";

export default defineHandler(() => makeStream());
