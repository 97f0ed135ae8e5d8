import { defineEventHandler } from "h3";
import { makeStream } from "../../kit.mjs";

export default defineEventHandler(() => makeStream());
